// The addresses of a prefix that pods can have, as a range of integers.
import { addrFromBytes, addrToBytes, type Addr } from '../model/addr.ts';
import { cidrAddr, cidrPrefixBits, isIpv4Cidr, type Cidr } from '../model/cidr.ts';

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
  const bits = cidrPrefixBits(cidr);
  const start = addrNumber(cidrAddr(cidr));
  const end = start + (1n << BigInt(128 - bits)) - 1n;
  if (bits >= 127) return { cidr, first: start, last: end };
  return { cidr, first: start + 1n, last: isIpv4Cidr(cidr) ? end - 1n : end };
}

/** The 16-byte form as a number. */
export function addrNumber(addr: Addr): bigint {
  return BigInt(`0x${Buffer.from(addrToBytes(addr)).toString('hex')}`);
}

export function numberAddr(value: bigint): Addr {
  return addrFromBytes(Buffer.from(value.toString(16).padStart(32, '0'), 'hex'));
}

export function rangeContains(range: AddressRange, addr: Addr): boolean {
  const value = addrNumber(addr);
  return value >= range.first && value <= range.last;
}
