// The addresses of a node: where its tunnel ends, what the underlay knows it by, and its own one in each pod CIDR.
import {
  type Addr,
  addrFromBytes,
  addrToBytes,
  type Cidr,
  cidrAddr,
  cidrPrefixBits,
  FAMILIES,
  type Family,
  familyOf,
  isIpv4Cidr,
} from 'ip';
import type { NodeObject } from './objects.ts';

/** Source and destination of its outer headers; what its annotation says, else its first internal address. */
export function tunnelAddressOf(node: NodeObject, family: Family): Addr | undefined {
  const isWanted = (addr: Addr): boolean => familyOf(addr) === family;
  return node.tunnelAddresses.find(isWanted) ?? node.internalAddresses.find(isWanted);
}

/** Its tunnel addresses, one a family it has, IPv4 first. */
export function tunnelAddressesOf(node: NodeObject): readonly Addr[] {
  return FAMILIES.map(family => tunnelAddressOf(node, family)).filter(addr => addr !== undefined);
}

/** What other nodes can reach it by, without the overlay. */
export function underlayAddressesOf(node: NodeObject): readonly Addr[] {
  return [...new Set([...tunnelAddressesOf(node), ...node.tunnelAddresses, ...node.internalAddresses])];
}

/** All that its object says are its own, the overlay device's apart. */
export function announcedAddressesOf(node: NodeObject): readonly Addr[] {
  return [...new Set([...underlayAddressesOf(node), ...node.externalAddresses])];
}

/** Of the node's overlay device: the first usable address of its first pod CIDR of each family, IPv4 first. */
export function overlayAddressesOf(podCidrs: readonly Cidr[]): readonly Addr[] {
  const first = [podCidrs.find(isIpv4Cidr), podCidrs.find(cidr => !isIpv4Cidr(cidr))];
  return first.filter(cidr => cidr !== undefined).map(firstUsableAddr);
}

/** After the network's own address, which exists where more than two fit (RFC 3021, RFC 6164; RFC 4291 2.6.1). */
export function firstUsableAddr(cidr: Cidr): Addr {
  const bytes = addrToBytes(cidrAddr(cidr));
  if (cidrPrefixBits(cidr) < 127) bytes[15] = (bytes[15] ?? 0) | 1; // host bits are zero, so this adds one
  return addrFromBytes(bytes);
}
