// UDP (RFC 768).
import { internetChecksum, pseudoHeader, readChecksum, type Checksum } from './checksum.ts';
import type { Addresses, Decoded, Surroundings } from './layer.ts';
import { IP_PROTOCOL } from './numbers.ts';
import { VXLAN_PORT } from './vxlan.ts';

export interface Udp {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly length?: number;
  /** 0 is "none". */
  readonly checksum?: Checksum;
}

const UDP_BYTES = 8;

export function encodeUdp(fields: Udp, payload: Buffer, { outer }: Surroundings): Buffer {
  const segment = Buffer.concat([Buffer.alloc(UDP_BYTES), payload]);
  segment.writeUInt16BE(fields.sourcePort, 0);
  segment.writeUInt16BE(fields.destinationPort, 2);
  segment.writeUInt16BE(fields.length ?? segment.length, 4);
  const told = fields.checksum ?? 'correct';
  segment.writeUInt16BE(told === 'correct' ? sumOf(segment, outer) : told, 6);
  return segment;
}

export function decodeUdp(bytes: Buffer, outer: Addresses | undefined): Decoded | undefined {
  if (bytes.length < UDP_BYTES) return undefined;
  const destinationPort = bytes.readUInt16BE(2);
  const length = bytes.readUInt16BE(4);
  const checksum = bytes.readUInt16BE(6);
  const before = pseudoHeader(outer, IP_PROTOCOL.udp, bytes.length);
  return {
    layer: {
      name: 'udp',
      fields: {
        sourcePort: bytes.readUInt16BE(0),
        destinationPort,
        length,
        checksum: checksum === 0 ? 0 : readChecksum(bytes, 6, before),
      },
    },
    payload: bytes.subarray(UDP_BYTES),
    next: destinationPort === VXLAN_PORT ? 'vxlan' : 'data',
  };
}

/** A sum of zero is sent as all ones: zero means "no checksum". */
function sumOf(segment: Buffer, outer: Addresses | undefined): number {
  return internetChecksum(pseudoHeader(outer, IP_PROTOCOL.udp, segment.length), segment) || 0xffff;
}
