// SCTP's common header (RFC 9260 section 3.1); chunks are data.
import { crc32c, type Checksum } from './checksum.ts';
import type { Decoded } from './layer.ts';

export interface Sctp {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tag?: number;
  readonly checksum?: Checksum;
}

const SCTP_BYTES = 12;

export function encodeSctp(fields: Sctp, payload: Buffer): Buffer {
  const segment = Buffer.concat([Buffer.alloc(SCTP_BYTES), payload]);
  segment.writeUInt16BE(fields.sourcePort, 0);
  segment.writeUInt16BE(fields.destinationPort, 2);
  segment.writeUInt32BE(fields.tag ?? 0, 4);
  const told = fields.checksum ?? 'correct';
  segment.writeUInt32LE(told === 'correct' ? crc32c(segment) : told, 8);
  return segment;
}

export function decodeSctp(bytes: Buffer): Decoded | undefined {
  if (bytes.length < SCTP_BYTES) return undefined;
  const found = bytes.readUInt32LE(8);
  const zeroed = Buffer.from(bytes);
  zeroed.writeUInt32LE(0, 8);
  return {
    layer: {
      name: 'sctp',
      fields: {
        sourcePort: bytes.readUInt16BE(0),
        destinationPort: bytes.readUInt16BE(2),
        tag: bytes.readUInt32BE(4),
        checksum: crc32c(zeroed) === found ? 'correct' : found,
      },
    },
    payload: bytes.subarray(SCTP_BYTES),
    next: 'data',
  };
}
