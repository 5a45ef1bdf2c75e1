// Addresses that Pod objects name before they are allocated.
import type { Addr, Cidr } from 'ip';
import { claimCidrs } from '../model/cidr-claims.ts';
import { isFinished, podKey, type ClusterState, type PodObject } from '../model/objects.ts';
import { comparePods } from '../model/precedence.ts';

type Cluster = Pick<ClusterState, 'pods'> & Partial<Pick<ClusterState, 'nodes'>>;

/** A cache by cluster state: states are immutable, and most ADDs see the same one. */
const known = new WeakMap<
  Cluster['pods'],
  { nodes: Cluster['nodes']; reservations: ReadonlyMap<Addr, string> }
>();

/**
 * `ownerName` by address. `comparePods` decides between two pods that name one address: a stale Pod object of another
 * node does not reserve an address against a pod of the node that has the pod CIDR.
 */
export function reservationsOf(cluster: Cluster): ReadonlyMap<Addr, string> {
  const last = known.get(cluster.pods);
  if (last !== undefined && last.nodes === cluster.nodes) return last.reservations;
  const reservations = collect(cluster);
  known.set(cluster.pods, { nodes: cluster.nodes, reservations });
  return reservations;
}

function collect({ pods, nodes }: Cluster): ReadonlyMap<Addr, string> {
  const owners = new Map<Addr, PodObject>();
  const { byNode } = claimCidrs([...(nodes?.values() ?? [])]);
  const podCidrsOf = (node: string): readonly Cidr[] => byNode.get(node) ?? [];
  for (const pod of pods.values()) {
    if (pod.hostNetwork || isFinished(pod)) continue;
    for (const addr of pod.addresses) {
      const other = owners.get(addr);
      if (other === undefined || comparePods(pod, other, { addr, podCidrsOf }) < 0) owners.set(addr, pod);
    }
  }
  return new Map([...owners].map(([addr, pod]) => [addr, `pod ${podKey(pod)}`]));
}
