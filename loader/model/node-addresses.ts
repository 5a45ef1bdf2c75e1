// Addresses of a node: tunnel ends, underlay addresses, and the overlay device's address in each pod CIDR.
import { addrFromBytes, addrToBytes, isIpv4, type Addr } from './addr.ts';
import { cidrAddr, cidrPrefixBits, isIpv4Cidr, type Cidr } from './cidr.ts';
import type { NodeObject } from './objects.ts';

export type Family = 'ipv4' | 'ipv6';

export function familyOf(addr: Addr): Family {
  return isIpv4(addr) ? 'ipv4' : 'ipv6';
}

/** Tunnel end of one family: from the annotation, else the first internal address. */
export function tunnelAddressOf(node: NodeObject, family: Family): Addr | undefined {
  const isWanted = (addr: Addr): boolean => familyOf(addr) === family;
  return node.tunnelAddresses.find(isWanted) ?? node.internalAddresses.find(isWanted);
}

/** Tunnel ends, at most one a family, IPv4 first. */
export function tunnelAddressesOf(node: NodeObject): readonly Addr[] {
  const families: readonly Family[] = ['ipv4', 'ipv6'];
  return families.map(family => tunnelAddressOf(node, family)).filter(addr => addr !== undefined);
}

/** Addresses by which other nodes reach it without the overlay. */
export function underlayAddressesOf(node: NodeObject): readonly Addr[] {
  return [...new Set([...tunnelAddressesOf(node), ...node.tunnelAddresses, ...node.internalAddresses])];
}

/** All addresses of the object, without the overlay device's. */
export function announcedAddressesOf(node: NodeObject): readonly Addr[] {
  return [...new Set([...underlayAddressesOf(node), ...node.externalAddresses])];
}

/** Addresses of the overlay device: the first usable one of the first pod CIDR of each family, IPv4 first. */
export function overlayAddressesOf(podCidrs: readonly Cidr[]): readonly Addr[] {
  const first = [podCidrs.find(isIpv4Cidr), podCidrs.find(cidr => !isIpv4Cidr(cidr))];
  return first.filter(cidr => cidr !== undefined).map(firstUsableAddr);
}

/** Skips the network address, which prefixes of more than two addresses have (RFC 3021, RFC 6164; RFC 4291 2.6.1). */
export function firstUsableAddr(cidr: Cidr): Addr {
  const bytes = addrToBytes(cidrAddr(cidr));
  if (cidrPrefixBits(cidr) < 127) bytes[15] = (bytes[15] ?? 0) | 1; // host bits are zero, so this adds one
  return addrFromBytes(bytes);
}
