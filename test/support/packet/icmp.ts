// ICMP and ICMPv6 (RFC 792, RFC 4443): echo, and the errors that carry a piece of another packet.
import { pseudoHeader, readChecksum, writeChecksum, type Checksum } from './checksum.ts';
import type { Addresses, Decoded, LayerName, Surroundings } from './layer.ts';
import { IP_PROTOCOL } from './numbers.ts';

type IcmpName = 'icmp' | 'icmpv6';

export interface Icmp {
  readonly type: number;
  readonly code?: number;
  /** Of an echo. */
  readonly id?: number;
  /** Of an echo. */
  readonly sequence?: number;
  /** The four bytes behind the checksum, where they are neither of the above: an MTU, flags, a pointer. */
  readonly rest?: number;
  readonly checksum?: Checksum;
}

export const ICMP_TYPE = { echoReply: 0, unreachable: 3, echo: 8, timeExceeded: 11 } as const;
export const ICMPV6_TYPE = {
  unreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  echo: 128,
  echoReply: 129,
} as const;

const ICMP_BYTES = 8;
const FIRST_INFORMATIONAL_V6 = 128;
const LINK_MESSAGES_V6 = [130, 131, 132, 133, 134, 135, 136, 137, 143]; // MLD and ND
const ERRORS_V4 = [3, 4, 5, 11, 12];

export function encodeIcmp(name: IcmpName, fields: Icmp, payload: Buffer, around: Surroundings): Buffer {
  const segment = Buffer.concat([Buffer.alloc(ICMP_BYTES), payload]);
  segment[0] = fields.type;
  segment[1] = fields.code ?? 0;
  segment.writeUInt32BE(fields.rest ?? 0, 4);
  if (fields.id !== undefined) segment.writeUInt16BE(fields.id, 4);
  if (fields.sequence !== undefined) segment.writeUInt16BE(fields.sequence, 6);
  writeChecksum(segment, 2, fields.checksum ?? 'correct', before(name, around.outer, segment.length));
  return segment;
}

export function decodeIcmp(name: IcmpName, bytes: Buffer, outer: Addresses | undefined): Decoded | undefined {
  if (bytes.length < ICMP_BYTES) return undefined;
  const type = bytes.readUInt8(0);
  const fields = {
    type,
    code: bytes.readUInt8(1),
    ...(isEcho(name, type)
      ? { id: bytes.readUInt16BE(4), sequence: bytes.readUInt16BE(6) }
      : { rest: bytes.readUInt32BE(4) }),
    checksum: readChecksum(bytes, 2, before(name, outer, bytes.length)),
  };
  return { layer: { name, fields }, payload: bytes.subarray(ICMP_BYTES), next: nextOf(name, type) };
}

function before(name: IcmpName, outer: Addresses | undefined, length: number): Buffer {
  return name === 'icmp' ? Buffer.alloc(0) : pseudoHeader(outer, IP_PROTOCOL.icmpv6, length);
}

function isEcho(name: IcmpName, type: number): boolean {
  const types = name === 'icmp' ? ICMP_TYPE : ICMPV6_TYPE;
  return type === types.echo || type === types.echoReply;
}

function nextOf(name: IcmpName, type: number): LayerName {
  if (name === 'icmp') return ERRORS_V4.includes(type) ? 'ipv4' : 'data';
  if (type < FIRST_INFORMATIONAL_V6) return 'ipv6';
  return LINK_MESSAGES_V6.includes(type) ? 'nd' : 'data';
}
