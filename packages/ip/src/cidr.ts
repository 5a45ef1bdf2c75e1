// Prefixes of addresses.
import { addrFromBytes, addrToBytes, addrToNumber, tryParseAddr, type Addr } from './addr.ts';
import { ADDRESS_BITS, familyOf, isIpv4, type Family } from './family.ts';

declare const cidrBrand: unique symbol;

/** '10.1.0.0/24' in canonical text, host bits zero: equal prefixes are equal strings. */
export type Cidr = string & { readonly [cidrBrand]: true };

/** Throws a `RangeError` with one sentence when `text` is not a prefix; set host bits are refused, not dropped. */
export function parseCidr(text: string): Cidr {
  const slash = text.lastIndexOf('/');
  const addr = tryParseAddr(text.slice(0, slash));
  const bits = Number(text.slice(slash + 1));
  if (slash < 0 || addr === undefined || !/^\d{1,3}$/.test(text.slice(slash + 1)))
    throw new RangeError(`'${text}' is not a prefix of the form 10.1.0.0/24 or fd00::/64`);
  if (bits > addrBits(addr)) throw new RangeError(`'${text}' has more than ${addrBits(addr)} prefix bits`);
  const cidr = cidrOf(addr, bits);
  if (cidrAddr(cidr) !== addr) throw new RangeError(`'${text}' has host bits set: write ${cidr}`);
  return cidr;
}

/** The prefix of that length that contains `addr`. */
export function cidrOf(addr: Addr, prefixLength: number): Cidr {
  const bytes = addrToBytes(addr);
  const keep = mappedBits(familyOf(addr), prefixLength);
  for (let i = 0; i < 16; i++) bytes[i] = (bytes[i] ?? 0) & maskByte(keep - 8 * i);
  return `${addrFromBytes(bytes)}/${prefixLength}` as Cidr;
}

/** The lowest address of the prefix. */
export function cidrAddr(cidr: Cidr): Addr {
  return cidr.slice(0, cidr.lastIndexOf('/')) as Addr;
}

export function cidrPrefixLength(cidr: Cidr): number {
  return Number(cidr.slice(cidr.lastIndexOf('/') + 1));
}

/** Prefix bits in the 16-byte form. */
export function cidrPrefixBits(cidr: Cidr): number {
  return mappedBits(familyOf(cidr), cidrPrefixLength(cidr));
}

/** A prefix length in the 16-byte form, where IPv4 stands behind 96 bits. */
export function mappedBits(family: Family, prefixLength: number): number {
  return prefixLength + 128 - ADDRESS_BITS[family];
}

export function isIpv4Cidr(cidr: Cidr): boolean {
  return isIpv4(cidr);
}

export function cidrContains(cidr: Cidr, addr: Addr): boolean {
  return isIpv4Cidr(cidr) === isIpv4(addr) && cidrOf(addr, cidrPrefixLength(cidr)) === cidr;
}

export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return cidrContains(a, cidrAddr(b)) || cidrContains(b, cidrAddr(a));
}

/** Its first and last address, as numbers. */
export function cidrRange(cidr: Cidr): { readonly first: bigint; readonly last: bigint } {
  const first = addrToNumber(cidrAddr(cidr));
  return { first, last: first + (1n << BigInt(128 - cidrPrefixBits(cidr))) - 1n };
}

/** The prefix that is this one address. */
export function hostCidr(addr: Addr): Cidr {
  return `${addr}/${addrBits(addr)}` as Cidr;
}

function addrBits(addr: Addr): number {
  return ADDRESS_BITS[familyOf(addr)];
}

function maskByte(bits: number): number {
  return bits >= 8 ? 0xff : bits <= 0 ? 0 : (0xff << (8 - bits)) & 0xff;
}
