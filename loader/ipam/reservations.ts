// Addresses that Pod objects name before anybody has been given them.
import type { Addr, Cidr } from 'ip';
import { claimCidrs } from '../model/cidr-claims.ts';
import { isFinished, podKey, type ClusterState, type PodObject } from '../model/objects.ts';
import { comparePods } from '../model/precedence.ts';

type Cluster = Pick<ClusterState, 'pods'> & Partial<Pick<ClusterState, 'nodes'>>;

/** Most ADDs find the cluster as the last one found it; states are never changed in place. */
const known = new WeakMap<
  Cluster['pods'],
  { nodes: Cluster['nodes']; reservations: ReadonlyMap<Addr, string> }
>();

/**
 * In the words of `ownerName`. Of two pods that name one address `comparePods` says which has it: what a stale object of
 * another node says is no reservation against a pod of the node that has the pod CIDR.
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
