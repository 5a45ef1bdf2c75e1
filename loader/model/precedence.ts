// Who keeps what two claim: of two Nodes and of two Pods with one address. What loses is told, never the alphabet's choice.
import { type Addr, type Cidr, cidrContains } from 'ip';
import { underlayAddressesOf } from './node-addresses.ts';
import { podKey, type NodeObject, type PodObject } from './objects.ts';

/** In force, by the node's name: what `claimCidrs` has settled. */
export type PodCidrsOf = (node: string) => readonly Cidr[];

/**
 * Ready before not known before not ready, then who was announced later: an object that a machine left behind is not
 * heard of any more, and is older than that of the machine which has its address now. Names decide only between objects
 * that say nothing of this, so that every node decides alike.
 */
export function compareNodes(a: NodeObject, b: NodeObject): number {
  return (
    readiness(b) - readiness(a) || later(a.createdAtMs, b.createdAtMs) || compareCodeUnits(a.name, b.name)
  );
}

/**
 * Of pod CIDRs that overlap: this node's own, which its IPAM gives out; then those of nodes that have an address of their
 * own left, so that an object that a machine left behind goes with its address; then Ready or not known before not ready;
 * then who was announced earlier. Whoever comes later, with a larger, a smaller or the same prefix, takes none away from a
 * node that works.
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
 * The pod whose node's pod CIDR holds the address, then one that is not terminating, then the newer. Finished pods claim
 * nothing. Uids, which are random, and names decide only between objects that say nothing of this.
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

/** What has no time is older than what has. */
function later(a = 0, b = 0): number {
  return b - a;
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
