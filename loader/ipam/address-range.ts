// The addresses of a prefix that pods can have, as a range of integers.
import { type Addr, addrToNumber, type Cidr, cidrPrefixBits, cidrRange, isIpv4Cidr } from 'ip';

export interface AddressRange {
  readonly cidr: Cidr;
  readonly first: bigint;
  /** Below `first` when no address is usable. */
  readonly last: bigint;
}

/**
 * Without the network's own address and, in IPv4, the broadcast address, where the prefix is wide enough to have them
 * (RFC 3021 and RFC 6164 for the two smallest sizes; RFC 4291 section 2.6.1 for the subnet-router anycast address).
 */
export function usableRange(cidr: Cidr): AddressRange {
  const { first, last } = cidrRange(cidr);
  if (cidrPrefixBits(cidr) >= 127) return { cidr, first, last };
  return { cidr, first: first + 1n, last: isIpv4Cidr(cidr) ? last - 1n : last };
}

export function rangeContains(range: AddressRange, addr: Addr): boolean {
  const value = addrToNumber(addr);
  return value >= range.first && value <= range.last;
}
