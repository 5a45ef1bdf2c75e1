// Precedence of objects that claim one address or overlapping pod CIDRs. The ignored claim is reported as a problem.
import { type Addr, type Cidr, cidrContains } from 'ip';
import { underlayAddressesOf } from './node-addresses.ts';
import { podKey, type NodeObject, type PodObject } from './objects.ts';

/** Effective pod CIDRs by node name, from `claimCidrs`. */
export type PodCidrsOf = (node: string) => readonly Cidr[];

/**
 * Ready before unknown before not ready, then the later creation time: a stale object of a removed machine is not Ready,
 * and is older than the object of the machine that has the address now. Names break ties, so that every node computes
 * the same order.
 */
export function compareNodes(a: NodeObject, b: NodeObject): number {
  return (
    readiness(b) - readiness(a) || later(a.createdAtMs, b.createdAtMs) || compareCodeUnits(a.name, b.name)
  );
}

/**
 * Order of overlapping pod CIDRs: this node's own, from which its IPAM allocates; then those of nodes that still own an
 * address, so that a stale object yields with its address; then Ready or unknown before not ready; then the earlier
 * creation time. A later node, with a larger, smaller or equal prefix, takes no prefix from a working node.
 */
export function cidrPrecedence(nodes: readonly NodeObject[], self?: string): NodeOrder {
  const owners = new Map<Addr, string>();
  for (const node of [...nodes].sort((a, b) => own(b, self) - own(a, self) || compareNodes(a, b)))
    for (const addr of underlayAddressesOf(node)) if (!owners.has(addr)) owners.set(addr, node.name);
  const isReplaced = (node: NodeObject): boolean => {
    const addresses = underlayAddressesOf(node);
    return addresses.length > 0 && addresses.every(addr => owners.get(addr) !== node.name);
  };
  const replaced = new Set(nodes.filter(isReplaced));
  return (a, b) =>
    own(b, self) - own(a, self) ||
    Number(replaced.has(a)) - Number(replaced.has(b)) ||
    Number(a.isReady === false) - Number(b.isReady === false) ||
    later(b.createdAtMs, a.createdAtMs) ||
    compareCodeUnits(a.name, b.name);
}

export type NodeOrder = (a: NodeObject, b: NodeObject) => number;

/**
 * Order: the pod whose node's pod CIDR contains the address, then one that is not terminating, then the newer. Finished
 * pods claim nothing. Uids and names break ties.
 */
export function comparePods(a: PodObject, b: PodObject, { addr, podCidrsOf }: PodContest): number {
  const isHeld = ({ nodeName }: PodObject): boolean =>
    nodeName !== undefined && podCidrsOf(nodeName).some(cidr => cidrContains(cidr, addr));
  return (
    Number(isHeld(b)) - Number(isHeld(a)) ||
    Number(a.isTerminating === true) - Number(b.isTerminating === true) ||
    later(a.createdAtMs, b.createdAtMs) ||
    compareCodeUnits(a.uid ?? '', b.uid ?? '') ||
    compareCodeUnits(podKey(a), podKey(b))
  );
}

export interface PodContest {
  readonly addr: Addr;
  readonly podCidrsOf: PodCidrsOf;
}

function own({ name }: NodeObject, self: string | undefined): number {
  return Number(name === self);
}

function readiness({ isReady }: NodeObject): number {
  return isReady === undefined ? 1 : isReady ? 2 : 0;
}

/** An object without a creation time counts as older. */
function later(a = 0, b = 0): number {
  return b - a;
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
