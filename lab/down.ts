// Takes a lab down, in any state.
import { daemonOf, stopDaemon } from './daemon.ts';
import type { Lab } from './lab.ts';
import type { NodePlan } from './plan.ts';
import { deletePod } from './pods.ts';
import { findLab } from './registry.ts';
import { removeRemnants } from './remnants.ts';

/** Removes everything of the lab. Idempotent. */
export async function labDown(name: string): Promise<void> {
  const lab = findLab(name);
  if (lab !== undefined) await Promise.all(lab.nodes.map(node => closeNode(lab, node)));
  await removeRemnants(name);
}

/** Deletes the pods through the plugin while their daemon runs. */
async function closeNode(lab: Lab, node: NodePlan): Promise<void> {
  if (daemonOf(node) !== undefined) {
    for (const pod of lab.pods.filter(candidate => candidate.node === node.name)) {
      await deletePod(lab, pod).catch(() => undefined); // the namespace is removed all the same
    }
  }
  await stopDaemon(node);
}
