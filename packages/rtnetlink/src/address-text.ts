// IP addresses as text and as the kernel's 4 or 16 bytes in network order.
import { isIPv4, isIPv6 } from 'node:net';

/** AF_INET and AF_INET6. */
export const FAMILY = { ipv4: 2, ipv6: 10 } as const;

export type Family = keyof typeof FAMILY;

/** An address with the number of leading bits that matter: a network, or an address on one. */
export interface Prefix {
  readonly address: string;
  readonly prefixLength: number;
}

export function familyOf(address: string): Family {
  if (isIPv4(address)) return 'ipv4';
  if (isIPv6(address) && !address.includes('%')) return 'ipv6';
  throw new TypeError(`'${address}' is no IP address`);
}

/** The family with a kernel's number, if it is one of the two. */
export function familyOfNumber(number: number): Family | undefined {
  return number === FAMILY.ipv4 ? 'ipv4' : number === FAMILY.ipv6 ? 'ipv6' : undefined;
}

/** The address whose bits are all zero: the destination of a default route. */
export function anyAddress(family: Family): string {
  return family === 'ipv4' ? '0.0.0.0' : '::';
}

export function parseAddress(text: string): Buffer {
  return familyOf(text) === 'ipv4' ? parseIpv4(text) : parseIpv6(text);
}

function parseIpv4(text: string): Buffer {
  return Buffer.from(text.split('.').map(Number));
}

function parseIpv6(text: string): Buffer {
  const [head = '', tail] = text.split('::');
  const left = groupsOf(head);
  const right = groupsOf(tail ?? '');
  const gap = tail === undefined ? 0 : 16 - left.length - right.length;
  return Buffer.from([...left, ...new Uint8Array(gap), ...right]);
}

/** The bytes of groups in hex, the last of which may be a dotted IPv4 address. */
function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap(group => {
    if (group.includes('.')) return [...parseIpv4(group)];
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** RFC 5952 text of 4 or 16 bytes. */
export function formatAddress(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2));
  // Mapped addresses keep their dotted end (RFC 5952 section 5).
  if (groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff)
    return `::ffff:${bytes.subarray(12).join('.')}`;
  const hex = groups.map(group => group.toString(16));
  const { start, length } = longestRunOfZeros(groups);
  // RFC 5952 section 4.2.2: one lone zero group is not shortened.
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestRunOfZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
