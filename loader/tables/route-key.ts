// Keys of hd_route's LPM trie: the VXLAN segment, then the 128-bit prefix; IPv4 is mapped and counts 96 bits more.
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
