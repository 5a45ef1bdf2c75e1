// TCP (RFC 9293).
import { pseudoHeader, readChecksum, writeChecksum, type Checksum } from './checksum.ts';
import type { Addresses, Decoded, Surroundings } from './layer.ts';
import { IP_PROTOCOL } from './numbers.ts';

const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const;

export interface Tcp {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  /** Names with a space between: 'SYN ACK'. */
  readonly flags?: string;
  readonly window?: number;
  readonly urgent?: number;
  /** Hex, a multiple of 4 bytes. */
  readonly options?: string;
  /** Header length in words of 4 bytes. */
  readonly headerWords?: number;
  readonly checksum?: Checksum;
}

const TCP_BYTES = 20;

export function encodeTcp(fields: Tcp, payload: Buffer, { outer }: Surroundings): Buffer {
  const options = Buffer.from(fields.options ?? '', 'hex');
  const segment = Buffer.concat([Buffer.alloc(TCP_BYTES), options, payload]);
  segment.writeUInt16BE(fields.sourcePort, 0);
  segment.writeUInt16BE(fields.destinationPort, 2);
  segment.writeUInt32BE(fields.sequence ?? 1, 4);
  segment.writeUInt32BE(fields.acknowledgement ?? 0, 8);
  segment[12] = (fields.headerWords ?? (TCP_BYTES + options.length) / 4) << 4;
  segment[13] = flagBits(fields.flags ?? 'SYN');
  segment.writeUInt16BE(fields.window ?? 0xfaf0, 14);
  segment.writeUInt16BE(fields.urgent ?? 0, 18);
  const before = pseudoHeader(outer, IP_PROTOCOL.tcp, segment.length);
  writeChecksum(segment, 16, fields.checksum ?? 'correct', before);
  return segment;
}

export function decodeTcp(bytes: Buffer, outer: Addresses | undefined): Decoded | undefined {
  if (bytes.length < TCP_BYTES) return undefined;
  const headerWords = bytes.readUInt8(12) >> 4;
  const end = headerWords * 4;
  if (end < TCP_BYTES || bytes.length < end) return undefined;
  const bits = bytes.readUInt8(13);
  const fields = {
    sourcePort: bytes.readUInt16BE(0),
    destinationPort: bytes.readUInt16BE(2),
    sequence: bytes.readUInt32BE(4),
    acknowledgement: bytes.readUInt32BE(8),
    flags: FLAGS.filter((_, bit) => bits & (1 << bit)).join(' '),
    window: bytes.readUInt16BE(14),
    urgent: bytes.readUInt16BE(18),
    options: bytes.subarray(TCP_BYTES, end).toString('hex'),
    headerWords,
    checksum: readChecksum(bytes, 16, pseudoHeader(outer, IP_PROTOCOL.tcp, bytes.length)),
  };
  return { layer: { name: 'tcp', fields }, payload: bytes.subarray(end), next: 'data' };
}

function flagBits(flags: string): number {
  return flags.split(' ').reduce((bits, flag) => {
    const bit = FLAGS.findIndex(name => name === flag);
    return bit < 0 ? bits : bits | (1 << bit);
  }, 0);
}
