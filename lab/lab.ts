// A running lab: its plan, its pods with their addresses, and look-up of namespaces by name.
import type { LabPlan, NodePlan, PodPlan } from './plan.ts';

export interface LabPod extends PodPlan {
  /** Addresses that ADD returned, IPv4 first. */
  readonly addresses: readonly string[];
}

export interface Lab extends Omit<LabPlan, 'pods'> {
  readonly pods: readonly LabPod[];
}

/** The namespace of a pod, a node, `outside` or `fabric`. */
export function netnsOf(lab: Lab, name: string): string {
  const found = [...lab.pods, ...lab.nodes].find(part => part.name === name);
  if (found !== undefined) return found.netns;
  if (name === 'outside') return lab.outside.netns;
  if (name === 'fabric') return lab.fabricNetns;
  const known = [...lab.pods, ...lab.nodes].map(part => part.name).join(', ');
  throw new RangeError(
    `lab ${lab.options.name} has no pod or node named '${name}': it has ${known}, outside and fabric`,
  );
}

export function nodeNamed(lab: Pick<Lab, 'nodes' | 'options'>, name: string): NodePlan {
  const node = lab.nodes.find(candidate => candidate.name === name);
  if (node !== undefined) return node;
  const known = lab.nodes.map(candidate => candidate.name).join(', ');
  throw new RangeError(`lab ${lab.options.name} has no node named '${name}': it has ${known}`);
}

/** The pod's node. */
export function nodeOf(lab: Pick<Lab, 'nodes' | 'options'>, pod: PodPlan): NodePlan {
  return nodeNamed(lab, pod.node);
}
