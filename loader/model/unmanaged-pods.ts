// Pods of this node that run with an address, and that no ADD of Heddle's gave it to.
import type { ClusterState, PodObject } from './objects.ts';
import { podKey, type PodKey } from './objects.ts';

/** Pure: their interface is another plugin's, or it was removed under them. `attached`: every pod that has one of Heddle's. */
export function unmanagedPods(
  { pods }: Pick<ClusterState, 'pods'>,
  self: string,
  attached: ReadonlySet<PodKey>,
): readonly PodObject[] {
  return [...pods.values()].filter(pod => runsHere(pod, self) && !attached.has(podKey(pod)));
}

/** A pod that terminates may have gone already; an address before it runs is a reservation. */
function runsHere(pod: PodObject, self: string): boolean {
  const { nodeName, phase, hostNetwork, isTerminating, addresses } = pod;
  return (
    nodeName === self && phase === 'Running' && !hostNetwork && isTerminating !== true && addresses.length > 0
  );
}
