// Takes a lab down, in whatever state it is.
import { daemonOf, stopDaemon } from './daemon.ts';
import type { Lab } from './lab.ts';
import type { NodePlan } from './plan.ts';
import { deletePod } from './pods.ts';
import { findLab } from './registry.ts';
import { removeRemnants } from './remnants.ts';

/** Leaves nothing of the lab; does nothing when there is nothing. */
export async function labDown(name: string): Promise<void> {
  const lab = findLab(name);
  if (lab !== undefined) await Promise.all(lab.nodes.map(node => closeNode(lab, node)));
  await removeRemnants(name);
}

/** The pods leave by the plugin while their daemon can hear of it. */
async function closeNode(lab: Lab, node: NodePlan): Promise<void> {
  if (daemonOf(node) !== undefined) {
    for (const pod of lab.pods.filter(candidate => candidate.node === node.name)) {
      await deletePod(lab, pod).catch(() => undefined); // its namespace goes all the same
    }
  }
  await stopDaemon(node);
}
