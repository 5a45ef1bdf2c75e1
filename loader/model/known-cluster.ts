// What the pinned maps know of the cluster, against what a source says at the start: a source that has lost its data
// lacks much of it at once, and what it lacks was not deleted.
import type { Addr } from 'ip';
import { underlayAddressesOf } from './node-addresses.ts';
import type { ClusterState } from './objects.ts';

export interface KnownCluster {
  /** Underlay addresses of each other node. */
  readonly nodes: readonly (readonly Addr[])[];
  /** Addresses of other nodes' pods. */
  readonly pods: readonly Addr[];
  /** Keys of the policies that select a pod of this node. */
  readonly policies: readonly string[];
}

export const nothingKnown: KnownCluster = { nodes: [], pods: [], policies: [] };

/** The part of `known` that the state lacks. */
export function missingFrom(state: ClusterState, known: KnownCluster): KnownCluster {
  const nodes = new Set([...state.nodes.values()].flatMap(underlayAddressesOf));
  const pods = new Set([...state.pods.values()].flatMap(({ addresses }) => addresses));
  const policies: ReadonlySet<string> = new Set(state.policies.keys());
  return {
    nodes: known.nodes.filter(addresses => !addresses.some(addr => nodes.has(addr))),
    pods: known.pods.filter(addr => !pods.has(addr)),
    policies: known.policies.filter(key => !policies.has(key)),
  };
}

export function isNothing({ nodes, pods, policies }: KnownCluster): boolean {
  return nodes.length + pods.length + policies.length === 0;
}

/**
 * One node or policy that an operator deleted while the daemon was away is a deletion. Half of them, several at once, are most
 * likely lost. Pods come and go by the hundred: they prove nothing.
 */
export function isMassLoss(known: KnownCluster, missing: KnownCluster): boolean {
  return isMost(known.nodes, missing.nodes) || isMost(known.policies, missing.policies);
}

const MIN_LOST = 2;

function isMost({ length: known }: readonly unknown[], { length: missing }: readonly unknown[]): boolean {
  return missing >= MIN_LOST && 2 * missing >= known;
}
