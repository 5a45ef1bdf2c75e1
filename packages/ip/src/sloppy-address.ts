// Addresses and prefixes as Kubernetes reads what it has stored: net.ParseCIDRSloppy of k8s.io/utils, byte for byte.
import { addrFromBytes, type Addr } from './addr.ts';
import type { Cidr } from './cidr.ts';

interface IpBytes {
  /** 16 bytes, IPv4 mapped. */
  readonly bytes: Uint8Array;
  /** Bits of the written form: a prefix length counts in it. */
  readonly bits: 32 | 128;
}

const MAPPED_BITS = 96;
/** dtoi() and xtoi() of Go's net package give up at this value. */
const BIG = 0xffffff;

/** ParseIPSloppy: decimal octets may have leading zeros, a mapped address is IPv4, a zone is refused. */
export function parseAddrSloppy(text: string): Addr | undefined {
  const ip = parseIp(text);
  return ip && addrFromBytes(ip.bytes);
}

/**
 * ParseCIDRSloppy, and IPNet.Contains for the family: `::ffff:10.0.0.0/104` contains what 10.0.0.0/8 contains, but a mapped
 * prefix shorter than 96 bits is one of IPv6. Host bits are masked.
 */
export function parseCidrSloppy(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const length = decimal(text.slice(slash + 1));
  if (ip === undefined || length === undefined || length > ip.bits) return undefined;
  const kept = length + (128 - ip.bits);
  const masked = ip.bytes.map((byte, i) => byte & (0xff00 >> Math.min(Math.max(kept - 8 * i, 0), 8)));
  const addr = addrFromBytes(masked);
  return `${addr}/${addr.includes(':') ? kept : kept - MAPPED_BITS}` as Cidr;
}

function parseIp(text: string): IpBytes | undefined {
  const octets = parseOctets(text);
  if (octets !== undefined) return { bytes: mapped(octets), bits: 32 };
  const bytes = parseIpv6(text);
  return bytes && { bytes, bits: 128 };
}

function parseOctets(text: string): readonly number[] | undefined {
  const octets = text.split('.').map(decimal);
  const isIpv4 = octets.length === 4 && octets.every(octet => octet !== undefined && octet <= 0xff);
  return isIpv4 ? octets.map(Number) : undefined;
}

/** RFC 4291 section 2.2; `::` stands for one group or more. */
function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::').map(half => (half === '' ? [] : half.split(':')));
  if (halves.length > 2) return undefined;
  const parts = halves.map((groups, i) => groups.map((group, j) => groupBytes(group, isLast(halves, i, j))));
  const known = parts.flat(2);
  const missing = 16 - known.length;
  if (known.includes(undefined) || (halves.length === 2 ? missing < 2 : missing !== 0)) return undefined;
  const [head = [], tail = []] = parts.map(part => part.flat().map(Number));
  return Uint8Array.from([...head, ...Array<number>(missing).fill(0), ...tail]);
}

/** IPv4 may stand at the very end alone. */
function isLast(halves: readonly (readonly string[])[], half: number, group: number): boolean {
  return half === halves.length - 1 && group === (halves[half]?.length ?? 0) - 1;
}

function groupBytes(group: string, isLastGroup: boolean): readonly (number | undefined)[] {
  if (group.includes('.')) return (isLastGroup ? parseOctets(group) : undefined) ?? [undefined];
  const value = /^[0-9a-f]+$/i.test(group) ? parseInt(group, 16) : BIG;
  return value > 0xffff ? [undefined] : [value >> 8, value & 0xff];
}

function decimal(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : BIG;
  return value < BIG ? value : undefined;
}

function mapped(octets: readonly number[]): Uint8Array {
  return Uint8Array.from([...Array<number>(10).fill(0), 0xff, 0xff, ...octets]);
}
