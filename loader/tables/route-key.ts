// Prefixes as hd_route's trie knows them: behind the segment, IPv4 96 bits further down.
import { type Cidr, cidrAddr, cidrOf, cidrPrefixBits, isIpv4 } from 'ip';
import type { RouteKey } from '../abi/abi.gen.ts';

const SEGMENT_BITS = 32;
const MAPPED_BITS = 96;

export function routeKey(segment: number, cidr: Cidr): RouteKey {
  return { prefixBits: SEGMENT_BITS + cidrPrefixBits(cidr), segment, addr: cidrAddr(cidr) };
}

export function routeCidr({ prefixBits, addr }: RouteKey): Cidr {
  return cidrOf(addr, prefixBits - SEGMENT_BITS - (isIpv4(addr) ? MAPPED_BITS : 0));
}
