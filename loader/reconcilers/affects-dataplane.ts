// Decides whether a change of cluster state affects tables and routes, or policy alone.
import { isDeepStrictEqual } from 'node:util';
import { type Cidr, cidrsOverlap } from 'ip';
import { isFinished, type ClusterState, type NodeObject, type PodObject } from '../model/objects.ts';
import { announcedAddressesOf } from '../model/node-addresses.ts';
import { dataplaneCollections, type DataplaneCollection } from '../model/kinds.ts';
import { changedKeys } from '../collections/map-diff.ts';

/** Which collections have changed in a way that tables and routes depend on. */
export type AffectedCollections = Readonly<Record<DataplaneCollection, boolean>>;

type Affects = (before: ClusterState, now: ClusterState, self: string) => boolean;

const AFFECTS: Readonly<Record<DataplaneCollection, Affects>> = {
  nodes: affectedByNodes,
  pods: affectedByPods,
};

/** Pods of this node, `self`, are in the tables as what they were attached with, whatever their objects say. */
export function affectsDataplane(before: ClusterState, now: ClusterState, self: string): AffectedCollections {
  const affected = dataplaneCollections.map(each => [each, AFFECTS[each](before, now, self)]);
  return Object.fromEntries(affected) as AffectedCollections;
}

function affectedByNodes(before: ClusterState, now: ClusterState): boolean {
  const changed = [...changedKeys(before.nodes, now.nodes)];
  return (
    changed.some(name => !isSameNode(before.nodes.get(name), now.nodes.get(name))) ||
    hasConflict(
      now,
      changed.filter(name => before.nodes.get(name)?.isReady !== now.nodes.get(name)?.isReady),
    )
  );
}

function affectedByPods(before: ClusterState, now: ClusterState, self: string): boolean {
  return changedKeys(before.pods, now.pods).some(
    key => tunnelTargetOf(before.pods.get(key), self) !== tunnelTargetOf(now.pods.get(key), self),
  );
}

function isSameNode(before: NodeObject | undefined, now: NodeObject | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  const placed = (node: NodeObject): unknown => ({ ...node, labels: {}, isReady: undefined });
  return isDeepStrictEqual(placed(before), placed(now));
}

/** Readiness of a node affects tables only if another node, changed or not, claims the same address or prefix. */
function hasConflict({ nodes }: ClusterState, names: readonly string[]): boolean {
  if (names.length === 0) return false;
  const rivals = names.map(name => nodes.get(name)).filter(node => node !== undefined);
  const owners = new Map(rivals.flatMap(node => announcedAddressesOf(node).map(addr => [addr, node.name])));
  const cidrs = rivals.flatMap(({ name, podCidrs }) => podCidrs.map(cidr => ({ cidr, name })));
  return [...nodes.values()].some(node => {
    const isOthers = (name: string | undefined): boolean => name !== undefined && name !== node.name;
    return announcedAddressesOf(node).some(addr => isOthers(owners.get(addr))) || hasOverlap(node, cidrs);
  });
}

function hasOverlap(
  { name, podCidrs }: NodeObject,
  claims: readonly { readonly cidr: Cidr; readonly name: string }[],
): boolean {
  return claims.some(claim => claim.name !== name && podCidrs.some(cidr => cidrsOverlap(cidr, claim.cidr)));
}

/**
 * Node, addresses and precedence of a remote pod, as far as tables depend on them; undefined: no table has the pod. A pod that
 * terminates keeps its rows unless another one claims its address.
 */
function tunnelTargetOf(pod: PodObject | undefined, self: string): string | undefined {
  if (pod === undefined || pod.nodeName === undefined || pod.nodeName === self) return undefined;
  if (pod.hostNetwork || isFinished(pod)) return undefined;
  return [pod.nodeName, pod.uid, pod.isTerminating, ...pod.addresses].join(' ');
}
