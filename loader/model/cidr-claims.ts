// Resolves overlaps among nodes' pod CIDRs, and between pod CIDRs and nodes' addresses. Every node computes the same owner,
// except that each node keeps its own pod CIDRs.
import { type Addr, type Cidr, cidrRange, cidrsOverlap, hostCidr, isIpv4Cidr } from 'ip';
import { announcedAddressesOf, tunnelAddressesOf } from './node-addresses.ts';
import type { NodeObject } from './objects.ts';
import { cidrPrecedence, type NodeOrder } from './precedence.ts';
import { SPECIAL_CIDRS } from './special-addresses.ts';

export interface CidrClaims {
  /** Effective pod CIDRs by node name; a node without any is absent. */
  readonly byNode: ReadonlyMap<string, readonly Cidr[]>;
  /** Announced addresses that are in another node's pod CIDR, by node name. */
  readonly lostAddresses: ReadonlyMap<string, ReadonlySet<Addr>>;
  /** One sentence for each ignored prefix and address. */
  readonly problems: readonly string[];
}

interface Claim {
  readonly node: NodeObject;
  readonly cidr: Cidr;
  /** The claim is an address that the node announces; `cidr` is its /32 or /128. */
  readonly addr?: Addr;
  /** An address that is not a tunnel end: it does not displace a pod CIDR. */
  readonly isWeak?: true;
}

/** First and last address, IPv4 mapped into IPv6. */
interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

type Placed = Claim & Range;

const SPECIAL = SPECIAL_CIDRS.map(({ cidr }) => ({ cidr, ...cidrRange(cidr) }));

/** `cidrPrecedence` orders competing claims; `self` is this node. */
export function claimCidrs(nodes: readonly NodeObject[], self?: string): CidrClaims {
  const byNode = new Map<string, Cidr[]>();
  const lostAddresses = new Map<string, Set<Addr>>();
  let order: NodeOrder | undefined;
  const byPrecedence = (a: Claim, b: Claim): number => {
    order ??= cidrPrecedence(nodes, self);
    const strength = Number(a.isWeak === true) - Number(b.isWeak === true);
    return strength || order(a.node, b.node) || (a.cidr < b.cidr ? -1 : 1);
  };
  const all = placed(nodes, self);
  const problems = all.flatMap(unusable);
  const usable = problems.length === 0 ? all : all.filter(claim => unusable(claim).length === 0);
  for (const group of overlapping(usable)) {
    const kept: Claim[] = [];
    for (const claim of group.length > 1 ? group.sort(byPrecedence) : group) {
      const winner = kept.find(other => areRivals(other, claim));
      if (winner === undefined) kept.push(claim);
      else problems.push(conflict(claim, winner));
      if (winner !== undefined && claim.addr !== undefined)
        added(lostAddresses, claim.node.name).add(claim.addr);
    }
    for (const { node, cidr, addr } of kept)
      if (addr === undefined) byNode.set(node.name, [...(byNode.get(node.name) ?? []), cidr]);
  }
  return { byNode, lostAddresses, problems };
}

/** Two claims conflict if their prefixes overlap. Two nodes with one address are resolved by `resolveNodes`. */
function areRivals(a: Claim, b: Claim): boolean {
  if (a.node.name === b.node.name || (a.addr !== undefined && b.addr !== undefined)) return false;
  return cidrsOverlap(a.cidr, b.cidr);
}

function added(sets: Map<string, Set<Addr>>, name: string): Set<Addr> {
  const known = sets.get(name) ?? new Set();
  sets.set(name, known);
  return known;
}

/** Of a Node's pod CIDRs those whose addresses pods, and a node's overlay device, can have. */
export function usableCidrs(cidrs: readonly Cidr[]): readonly Cidr[] {
  return cidrs.filter(cidr => specialIn(cidr, cidrRange(cidr)) === undefined);
}

function specialIn(cidr: Cidr, { first, last }: Range): (typeof SPECIAL)[number] | undefined {
  return SPECIAL.find(
    range => first <= range.last && range.first <= last && isIpv4Cidr(range.cidr) === isIpv4Cidr(cidr),
  );
}

/** A sentence, or nothing. */
function unusable({ node, cidr, addr, first, last }: Placed): string[] {
  if (addr !== undefined) return [];
  const special = specialIn(cidr, { first, last });
  if (special === undefined) return [];
  return [
    `pod CIDR ${cidr} of node ${node.name} is ignored: it overlaps ${special.cidr}, whose addresses no pod can have`,
  ];
}

/** In order of their first addresses, a containing prefix before those inside it. */
function placed(nodes: readonly NodeObject[], self: string | undefined): Placed[] {
  const claims: Placed[] = [];
  for (const node of nodes) {
    for (const cidr of new Set(node.podCidrs)) claims.push({ node, cidr, ...cidrRange(cidr) });
    claims.push(...placedAddresses(node, self));
  }
  return claims.sort((a, b) =>
    a.first !== b.first ? (a.first < b.first ? -1 : 1) : b.last < a.last ? -1 : 1,
  );
}

/** This node's own prefixes are kept even inside another claim. */
function placedAddresses(node: NodeObject, self: string | undefined): Placed[] {
  const tunnels = tunnelAddressesOf(node);
  const addresses = node.name === self ? tunnels : announcedAddressesOf(node);
  return addresses.map(addr => {
    const cidr = hostCidr(addr);
    return { node, cidr, addr, ...(!tunnels.includes(addr) && { isWeak: true }), ...cidrRange(cidr) };
  });
}

/** Two prefixes are nested or disjoint, so a group is one prefix and those inside of it. */
function* overlapping(sorted: readonly Placed[]): Generator<Placed[]> {
  let group: Placed[] = [];
  for (const claim of sorted) {
    const outermost = group[0];
    if (outermost !== undefined && claim.first > outermost.last) {
      yield group;
      group = [];
    }
    group.push(claim);
  }
  if (group.length > 0) yield group;
}

function conflict(claim: Claim, winner: Claim): string {
  const what = claim.addr === undefined ? `pod CIDR ${claim.cidr}` : `address ${claim.addr}`;
  const why =
    claim.addr !== undefined
      ? `it is in pod CIDR ${winner.cidr}`
      : winner.addr !== undefined
        ? `it contains the address ${winner.addr}`
        : `it overlaps ${winner.cidr}`;
  return `${what} of node ${claim.node.name} is ignored: ${why} of node ${winner.node.name}`;
}
