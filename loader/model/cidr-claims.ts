// Pod CIDRs of all nodes without overlaps: where two nodes claim the same addresses, every node sees the same winner, but
// for itself its own.
import { addrToBytes } from './addr.ts';
import { cidrAddr, cidrPrefixBits, cidrsOverlap, isIpv4Cidr, parseCidr, type Cidr } from './cidr.ts';
import type { NodeObject } from './objects.ts';
import { cidrPrecedence, type NodeOrder } from './precedence.ts';

export interface CidrClaims {
  /** What is in force, by node name; a node without any is not here. */
  readonly byNode: ReadonlyMap<string, readonly Cidr[]>;
  /** One sentence for each prefix that is not in force. */
  readonly problems: readonly string[];
}

interface Claim {
  readonly node: NodeObject;
  readonly cidr: Cidr;
}

/** As the first and the last address, IPv4 mapped into IPv6. */
interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

type Placed = Claim & Range;

/** What no pod can have: "this network", loopback, link-local and multicast (RFC 6890, RFC 4291). */
const UNUSABLE = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '::/127',
  'fe80::/10',
  'ff00::/8',
]
  .map(parseCidr)
  .map(cidr => ({ cidr, ...rangeOf(cidr) }));

/** Who wins is `cidrPrecedence`'s to say; `self` is this node. */
export function claimCidrs(nodes: readonly NodeObject[], self?: string): CidrClaims {
  const byNode = new Map<string, Cidr[]>();
  let order: NodeOrder | undefined;
  const byPrecedence = (a: Claim, b: Claim): number => {
    order ??= cidrPrecedence(nodes, self);
    return order(a.node, b.node) || (a.cidr < b.cidr ? -1 : 1);
  };
  const all = placed(nodes);
  const problems = all.flatMap(unusable);
  const usable = problems.length === 0 ? all : all.filter(claim => unusable(claim).length === 0);
  for (const group of overlapping(usable)) {
    const kept: Claim[] = [];
    for (const claim of group.length > 1 ? group.sort(byPrecedence) : group) {
      const winner = kept.find(
        other => other.node.name !== claim.node.name && cidrsOverlap(other.cidr, claim.cidr),
      );
      if (winner === undefined) kept.push(claim);
      else problems.push(contested(claim, winner));
    }
    for (const { node, cidr } of kept) byNode.set(node.name, [...(byNode.get(node.name) ?? []), cidr]);
  }
  return { byNode, problems };
}

function rangeOf(cidr: Cidr): Range {
  const first = BigInt(`0x${Buffer.from(addrToBytes(cidrAddr(cidr))).toString('hex')}`);
  return { first, last: first + (1n << BigInt(128 - cidrPrefixBits(cidr))) - 1n };
}

/** A sentence, or nothing. */
function unusable({ node, cidr, first, last }: Placed): string[] {
  const special = UNUSABLE.find(
    range => first <= range.last && range.first <= last && isIpv4Cidr(range.cidr) === isIpv4Cidr(cidr),
  );
  if (special === undefined) return [];
  return [
    `pod CIDR ${cidr} of node ${node.name} is ignored: it overlaps ${special.cidr}, whose addresses no pod can have`,
  ];
}

/** In order of their first addresses, a containing prefix before those inside it. */
function placed(nodes: readonly NodeObject[]): Placed[] {
  const claims: Placed[] = [];
  for (const node of nodes)
    for (const cidr of new Set(node.podCidrs)) claims.push({ node, cidr, ...rangeOf(cidr) });
  return claims.sort((a, b) =>
    a.first !== b.first ? (a.first < b.first ? -1 : 1) : b.last < a.last ? -1 : 1,
  );
}

/** Prefixes are nested or apart, so each group is one prefix and what lies inside it. */
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

function contested(claim: Claim, winner: Claim): string {
  return `pod CIDR ${claim.cidr} of node ${claim.node.name} is ignored: it overlaps ${winner.cidr} of node ${winner.node.name}`;
}
