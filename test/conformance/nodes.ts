// The nodes of a world as Kubernetes has them: those that the case names, and those that its pods are said to be on.
import {
  type Addr,
  addrFromBytes,
  addrToBytes,
  type Cidr,
  cidrContains,
  cidrOf,
  cidrPrefixLength,
  isIpv4,
  parseAddr,
} from 'ip';
import { addressesOfNode } from '../support/policy/query-ends.ts';
import type { Labels, World } from '../support/policy/world.ts';

export interface CaseNode {
  readonly name: string;
  readonly labels: Labels;
  /** What it is known by; never empty. */
  readonly addresses: readonly Addr[];
  /** It has these too. */
  readonly unnamed: readonly Addr[];
  /** All its pods' addresses are in there, and nobody else's of whom the world knows. */
  readonly podCidrs: readonly Cidr[];
}

/** Kubernetes gives a node that much by default. */
const POD_CIDR_BITS = { v4: 24, v6: 64 };
/** Where invented nodes live: set apart for benchmarks (RFC 2544, RFC 5180), so no case speaks of it. */
const INVENTED = { v4: parseAddr('198.18.0.0'), v6: parseAddr('2001:2::') };

export function nodesOf(world: World): readonly CaseNode[] {
  const names = new Set([...world.nodes.map(node => node.name), ...world.pods.map(pod => pod.node)]);
  return [...names].sort().map((name, index) => {
    const known = addressesOfNode(world, name).map(parseAddr);
    const described = world.nodes.find(node => node.name === name);
    return {
      name,
      labels: described?.labels ?? {},
      addresses: known.length > 0 ? known : inventedAddresses(world, index),
      unnamed: (described?.unnamedIps ?? []).map(parseAddr),
      podCidrs: podCidrsOf(world, name),
    };
  });
}

function inventedAddresses(world: World, index: number): readonly Addr[] {
  const hasV6 = world.pods.some(pod => pod.ips.some(ip => ip.includes(':')));
  return [INVENTED.v4, ...(hasV6 ? [INVENTED.v6] : [])].map(base => {
    const bytes = addrToBytes(base);
    bytes[14] = (index + 1) >> 8;
    bytes[15] = (index + 1) & 0xff;
    return addrFromBytes(bytes);
  });
}

function podCidrsOf(world: World, node: string): readonly Cidr[] {
  const pods = world.pods.filter(pod => pod.hostNetwork !== true);
  const own = pods.filter(pod => pod.node === node).flatMap(pod => pod.ips.map(parseAddr));
  const others = [
    ...pods.filter(pod => pod.node !== node).flatMap(pod => pod.ips),
    ...world.externals.flatMap(each => each.ips),
    ...world.nodes.flatMap(each => [...each.ips, ...(each.unnamedIps ?? [])]),
  ].map(parseAddr);
  const cidrs = new Set(own.map(addr => shortestPrefix(addr, others)));
  return [...cidrs].filter(cidr => ![...cidrs].some(wider => isWithin(cidr, wider)));
}

/** With this address in it and none of the others. */
function shortestPrefix(addr: Addr, others: readonly Addr[]): Cidr {
  const [shortest, longest] = isIpv4(addr) ? [POD_CIDR_BITS.v4, 32] : [POD_CIDR_BITS.v6, 128];
  for (let bits = shortest; bits < longest; bits++) {
    const cidr = cidrOf(addr, bits);
    if (!others.some(other => cidrContains(cidr, other))) return cidr;
  }
  return cidrOf(addr, longest);
}

function isWithin(inner: Cidr, outer: Cidr): boolean {
  const base = parseAddr(inner.slice(0, inner.indexOf('/')));
  return cidrPrefixLength(outer) < cidrPrefixLength(inner) && cidrContains(outer, base);
}
