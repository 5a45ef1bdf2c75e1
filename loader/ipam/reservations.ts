// Addresses that Pod objects name before anybody has been given them.
import type { Addr } from '../model/addr.ts';
import { isFinished, podKey, type ClusterState } from '../model/objects.ts';

type Pods = ClusterState['pods'];

/** Most ADDs find the cluster as the last one found it; states are never changed in place. */
const known = new WeakMap<Pods, ReadonlyMap<Addr, string>>();

/** In the words of `ownerName`; of two pods that name one address the one whose name sorts first has it. */
export function reservationsOf({ pods }: Pick<ClusterState, 'pods'>): ReadonlyMap<Addr, string> {
  const reservations = known.get(pods) ?? collect(pods);
  known.set(pods, reservations);
  return reservations;
}

function collect(pods: Pods): ReadonlyMap<Addr, string> {
  const reservations = new Map<Addr, string>();
  for (const pod of pods.values()) {
    if (pod.hostNetwork || isFinished(pod)) continue;
    const owner = `pod ${podKey(pod)}`;
    for (const addr of pod.addresses) {
      const other = reservations.get(addr);
      if (other === undefined || owner < other) reservations.set(addr, owner);
    }
  }
  return reservations;
}
