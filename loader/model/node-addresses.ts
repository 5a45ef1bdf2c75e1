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

/** Tunnel ends, at most one a family, IPv4 first. */
export function tunnelAddressesOf(node: NodeObject): readonly Addr[] {
  return FAMILIES.map(family => tunnelAddressOf(node, family)).filter(addr => addr !== undefined);
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

/** Addresses of flannel's VTEPs, from which that node's own packets come: the network address of its pod CIDR. */
export function flannelAddressesOf({ podCidrs, flannelVteps }: NodeObject): readonly Addr[] {
  const families = FAMILIES.filter(family => flannelVteps?.[family] !== undefined);
  return families.flatMap(family => {
    const first = podCidrs.find(cidr => familyOf(cidr) === family);
    return first === undefined ? [] : cidrAddr(first);
  });
}

/** Skips the network address, which prefixes of more than two addresses have (RFC 3021, RFC 6164; RFC 4291 2.6.1). */
export function firstUsableAddr(cidr: Cidr): Addr {
  const bytes = addrToBytes(cidrAddr(cidr));
  if (cidrPrefixBits(cidr) < 127) bytes[15] = (bytes[15] ?? 0) | 1; // host bits are zero, so this adds one
  return addrFromBytes(bytes);
}
