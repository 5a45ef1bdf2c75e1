// Keys of hd_route's LPM trie: the VXLAN segment, then the 128-bit prefix; IPv4 is mapped and counts 96 bits more.
import { type Cidr, cidrAddr, cidrOf, cidrPrefixBits, familyOf, mappedBits } from 'ip';
import type { RouteKey } from '../abi/abi.gen.ts';

const SEGMENT_BITS = 32;

export function routeKey(segment: number, cidr: Cidr): RouteKey {
  return { prefixBits: SEGMENT_BITS + cidrPrefixBits(cidr), segment, addr: cidrAddr(cidr) };
}

export function routeCidr({ prefixBits, addr }: RouteKey): Cidr {
  return cidrOf(addr, prefixBits - SEGMENT_BITS - mappedBits(familyOf(addr), 0));
}
