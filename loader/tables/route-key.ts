// Keys of hd_route's LPM trie: the VNI, then the 128-bit prefix; IPv4 is mapped and counts 96 bits more.
import { type Cidr, cidrAddr, cidrOf, cidrPrefixBits, familyOf, mappedBits } from 'ip';
import type { RouteKey } from '../abi/abi.gen.ts';

const VNI_BITS = 32;

export function routeKey(vni: number, cidr: Cidr): RouteKey {
  return { prefixBits: VNI_BITS + cidrPrefixBits(cidr), vni, addr: cidrAddr(cidr) };
}

export function routeCidr({ prefixBits, addr }: RouteKey): Cidr {
  return cidrOf(addr, prefixBits - VNI_BITS - mappedBits(familyOf(addr), 0));
}
