// Pods of a lab that are not added yet, for tests that call the plugin themselves.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addNetns } from '../../lab/iproute.ts';
import type { Lab } from '../../lab/lab.ts';
import { writePod } from '../../lab/manifests.ts';
import { planPod, type NodePlan, type PodPlan } from '../../lab/plan.ts';
import { callCni } from './cni-call.ts';
import { mustExec } from './lab.ts';
import { until } from './until.ts';

/** Of node n1: its object, and its namespace, which goes with the lab. */
export function newPod(lab: Lab, number: number): PodPlan {
  const pod = planPod(lab.options, 'n1', number);
  writePod(lab, pod);
  addNetns(pod.netns);
  return pod;
}

/** `ips`: asked for by value. What the plugin said where it failed; empty: it succeeded. */
export async function refusalOf(
  command: string,
  node: NodePlan,
  pod: PodPlan,
  ips: readonly string[] = [],
): Promise<string> {
  const config = ips.length > 0 ? { capabilities: { ips: true }, runtimeConfig: { ips } } : {};
  const { exitCode, stdout } = await callCni(command, node, pod, { config });
  return exitCode === 0 ? '' : stdout;
}

/** Gives the node another pod CIDR, and waits until its daemon has taken it up. */
export async function replacePodCidr(lab: Lab, node: NodePlan, cidr: string): Promise<void> {
  const file = join(lab.manifests, `node-${node.name}.yaml`);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(node.podCidrs[0] ?? '', cidr));
  const isTaken = async (): Promise<boolean> =>
    (await mustExec(node, 'ip', 'route', 'show', 'type', 'unreachable')).includes(cidr);
  if (!(await until(isTaken))) throw new Error(`the daemon of ${node.name} has not taken up ${cidr}`);
}
