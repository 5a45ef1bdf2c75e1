// IP addresses: canonical text, and the 16 bytes that every BPF key holds.
import { isIP } from 'node:net';

declare const addrBrand: unique symbol;

/** An IPv4 or IPv6 address in canonical text (RFC 5952 for IPv6): equal addresses are equal strings. */
export type Addr = string & { readonly [addrBrand]: true };

const DOT = 0x2e;
const DIGIT_ZERO = 0x30;
const MAPPED_PREFIX = 0xffff; // bytes 10 and 11 of ::ffff:a.b.c.d, RFC 4291 section 2.5.5.2

/** Throws a `RangeError` with one sentence when `text` is no address; an IPv4-mapped one becomes IPv4. */
export function parseAddr(text: string): Addr {
  const addr = tryParseAddr(text);
  if (addr === undefined) throw new RangeError(`'${text}' is not an IP address`);
  return addr;
}

export function tryParseAddr(text: string): Addr | undefined {
  if (text.includes('%')) return undefined; // a zone names a link of one host; no address of ours has one
  const family = isIP(text);
  if (family === 4) return text as Addr;
  if (family === 6) return addrFromBytes(ipv6Bytes(text));
  return undefined;
}

export function isIpv4(addr: Addr): boolean {
  return !addr.includes(':');
}

/** 16 bytes in network order, IPv4 as ::ffff:a.b.c.d. */
export function addrToBytes(addr: Addr): Uint8Array {
  return isIpv4(addr) ? ipv4Bytes(addr) : ipv6Bytes(addr);
}

/** Reads 16 bytes at `offset`. */
export function addrFromBytes(bytes: Uint8Array, offset = 0): Addr {
  if (isMapped(bytes, offset)) return bytes.subarray(offset + 12, offset + 16).join('.') as Addr;
  const groups = Array.from({ length: 8 }, (_, i) => groupAt(bytes, offset + 2 * i));
  return ipv6Text(groups) as Addr;
}

/** IPv4 before IPv6, then by value: the order people read tables in. */
export function compareAddr(a: Addr, b: Addr): number {
  if (isIpv4(a) !== isIpv4(b)) return isIpv4(a) ? -1 : 1;
  return Buffer.compare(addrToBytes(a), addrToBytes(b));
}

function ipv4Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes[10] = bytes[11] = 0xff;
  let at = 12;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) at++;
    else bytes[at] = (bytes[at] ?? 0) * 10 + code - DIGIT_ZERO;
  }
  return bytes;
}

function ipv6Bytes(text: string): Uint8Array {
  const [head = '', tail] = text.split('::') as [string?, string?];
  const bytes = new Uint8Array(16);
  const start = groupBytes(head);
  bytes.set(start, 0);
  if (tail !== undefined) {
    const end = groupBytes(tail);
    bytes.set(end, 16 - end.length);
  }
  return bytes;
}

/** `1:2:1.2.3.4` as bytes. */
function groupBytes(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap(group => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function isMapped(bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[offset + i] !== 0) return false;
  return groupAt(bytes, offset + 10) === MAPPED_PREFIX;
}

function groupAt(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

/** RFC 5952 section 4: lower case, no leading zeros, the longest run of two zeros or more shortened, the first of equals. */
function ipv6Text(groups: readonly number[]): string {
  const run = longestZeroRun(groups);
  const hex = groups.map(group => group.toString(16));
  if (run.length < 2) return hex.join(':');
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
