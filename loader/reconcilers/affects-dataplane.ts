// Decides whether a change of cluster state affects tables and routes, or policy alone.
import { isDeepStrictEqual } from 'node:util';
import { cidrRange, hostCidr } from 'ip';
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

/**
 * Readiness of a node affects tables only if another node, changed or not, claims the same address, an overlapping prefix, or
 * an address in its prefix.
 */
function hasConflict({ nodes }: ClusterState, names: readonly string[]): boolean {
  if (names.length === 0) return false;
  const changed = new Set(names);
  for (const group of overlapping([...nodes.values()].flatMap(claimsOf)))
    if (group.size > 1 && [...group].some(name => changed.has(name))) return true;
  return false;
}

interface Claim {
  readonly name: string;
  readonly first: bigint;
  readonly last: bigint;
}

function claimsOf(node: NodeObject): readonly Claim[] {
  const cidrs = [...node.podCidrs, ...announcedAddressesOf(node).map(hostCidr)];
  return cidrs.map(cidr => ({ name: node.name, ...cidrRange(cidr) }));
}

/** Names of the nodes that claim something of one outermost prefix: two prefixes are nested or disjoint. */
function* overlapping(claims: readonly Claim[]): Generator<ReadonlySet<string>> {
  let group = new Set<string>();
  let end = -1n;
  for (const { name, first, last } of [...claims].sort(byPlace)) {
    if (first > end) {
      yield group;
      group = new Set();
      end = last;
    }
    group.add(name);
  }
  yield group;
}

function byPlace(a: Claim, b: Claim): number {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last > b.last ? -1 : 1;
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
