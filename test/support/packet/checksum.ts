// The three sums that packets carry: the internet checksum, with or without pseudo-header, and CRC32c.
import type { Addresses } from './layer.ts';

/** A checksum field to encode, or as decoded: correct, or this number. */
export type Checksum = 'correct' | number;

const CRC32C_POLYNOMIAL = 0x82f63b78; // reflected, RFC 9260 appendix A

/** RFC 1071: ones' complement of the ones' complement sum of 16-bit words. */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  const bytes = Buffer.concat([...parts, Buffer.alloc(1)]);
  let sum = 0;
  for (let offset = 0; offset + 1 < bytes.length; offset += 2) sum += bytes.readUInt16BE(offset);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** What UDP, TCP and ICMPv6 sum up before themselves (RFC 768, RFC 8200 section 8.1). */
export function pseudoHeader(outer: Addresses | undefined, protocol: number, length: number): Buffer {
  if (outer === undefined) return Buffer.alloc(0);
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(length, 0);
  tail.writeUInt8(protocol, 7);
  return Buffer.concat([outer.source, outer.destination, tail]);
}

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ CRC32C_POLYNOMIAL : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** Writes the 16-bit field at `offset` of `segment`, summed over `before` and the segment itself. */
export function writeChecksum(segment: Buffer, offset: number, told: Checksum, before: Buffer): void {
  segment.writeUInt16BE(told === 'correct' ? internetChecksum(before, segment) : told, offset);
}

/** Reads it back: 'correct' if it is what the bytes around it ask for. */
export function readChecksum(segment: Buffer, offset: number, before: Buffer): Checksum {
  return internetChecksum(before, segment) === 0 ? 'correct' : segment.readUInt16BE(offset);
}
