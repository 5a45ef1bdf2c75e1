// Addresses of both families as one type: canonical text, and 16 bytes in which IPv4 is mapped.
import { isIpv4 } from './family.ts';
import { ipv4ToBytes, ipv6FromBytes, ipv6ToBytes, isIpv4Mapped, tryInetPton } from './inet.ts';

declare const addrBrand: unique symbol;

/** An IPv4 or IPv6 address in canonical text (RFC 5952 for IPv6): equal addresses are equal strings. */
export type Addr = string & { readonly [addrBrand]: true };

/** Throws a `RangeError` with one sentence when `text` is not an address; an IPv4-mapped one becomes IPv4. */
export function parseAddr(text: string): Addr {
  const addr = tryParseAddr(text);
  if (addr === undefined) throw new RangeError(`'${text}' is not an IP address`);
  return addr;
}

export function tryParseAddr(text: string): Addr | undefined {
  const bytes = tryInetPton(text);
  if (bytes === undefined) return undefined;
  return bytes.length === 16 ? addrFromBytes(bytes) : (text as Addr);
}

/** 16 bytes in network order, IPv4 as ::ffff:a.b.c.d. */
export function addrToBytes(addr: Addr): Uint8Array {
  if (!isIpv4(addr)) return ipv6ToBytes(addr);
  const bytes = new Uint8Array(16);
  bytes[10] = bytes[11] = 0xff;
  return ipv4ToBytes(addr, bytes, 12);
}

/** Reads 16 bytes at `offset`. */
export function addrFromBytes(bytes: Uint8Array, offset = 0): Addr {
  if (isIpv4Mapped(bytes, offset)) return bytes.subarray(offset + 12, offset + 16).join('.') as Addr;
  return ipv6FromBytes(bytes, offset) as Addr;
}

/** The 16 bytes as a number, to count with. */
export function addrToNumber(addr: Addr): bigint {
  return BigInt(`0x${Buffer.from(addrToBytes(addr)).toString('hex')}`);
}

export function addrFromNumber(value: bigint): Addr {
  return addrFromBytes(Buffer.from(value.toString(16).padStart(32, '0'), 'hex'));
}

/** IPv4 before IPv6, then by value: the order people read tables in. */
export function compareAddr(a: Addr, b: Addr): number {
  if (isIpv4(a) !== isIpv4(b)) return isIpv4(a) ? -1 : 1;
  return Buffer.compare(addrToBytes(a), addrToBytes(b));
}
