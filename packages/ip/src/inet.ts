// Addresses as text and as 4 or 16 bytes in network order: inet_pton(3) and inet_ntop(3).
import { isIP } from 'node:net';

const DOT = 0x2e;
const DIGIT_ZERO = 0x30;
const IPV4_BYTES = 4;

/** 4 or 16 bytes. Throws a `RangeError` with one sentence for what is not an address; a zone (`%eth0`) is not part of one. */
export function inetPton(text: string): Uint8Array {
  const bytes = tryInetPton(text);
  if (bytes === undefined) throw new RangeError(`'${text}' is not an IP address`);
  return bytes;
}

export function tryInetPton(text: string): Uint8Array | undefined {
  if (text.includes('%')) return undefined;
  const version = isIP(text);
  if (version === 4) return ipv4ToBytes(text, new Uint8Array(IPV4_BYTES), 0);
  return version === 6 ? ipv6ToBytes(text) : undefined;
}

/** RFC 5952 text of 4 or 16 bytes. An IPv4-mapped address keeps its dotted end (RFC 5952 section 5). */
export function inetNtop(bytes: Uint8Array): string {
  if (bytes.length === IPV4_BYTES) return bytes.join('.');
  return isIpv4Mapped(bytes, 0) ? `::ffff:${bytes.subarray(12).join('.')}` : ipv6FromBytes(bytes, 0);
}

/** Of valid text. Writes four bytes at `offset` of `target` and returns it; no strings in between, for it runs for every key of a map. */
export function ipv4ToBytes(text: string, target: Uint8Array, offset: number): Uint8Array {
  let at = offset;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) at++;
    else target[at] = (target[at] ?? 0) * 10 + code - DIGIT_ZERO;
  }
  return target;
}

/** Of valid text. */
export function ipv6ToBytes(text: string): Uint8Array {
  const [head = '', tail] = text.split('::') as [string?, string?];
  const bytes = new Uint8Array(16);
  bytes.set(groupsToBytes(head), 0);
  if (tail !== undefined) {
    const end = groupsToBytes(tail);
    bytes.set(end, 16 - end.length);
  }
  return bytes;
}

/** `1:2:1.2.3.4` as bytes. */
function groupsToBytes(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap(group => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** ::ffff:0:0/96, RFC 4291 section 2.5.5.2. */
export function isIpv4Mapped(bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[offset + i] !== 0) return false;
  return groupAt(bytes, offset + 10) === 0xffff;
}

/**
 * RFC 5952 section 4: lower case, no leading zeros, `::` for the longest run of two or more zero groups, the first of equals.
 * Groups only: of an IPv4-mapped address too.
 */
export function ipv6FromBytes(bytes: Uint8Array, offset: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => groupAt(bytes, offset + 2 * i));
  const run = longestZeroRun(groups);
  const hex = groups.map(group => group.toString(16));
  if (run.length < 2) return hex.join(':');
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
}

function groupAt(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
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
