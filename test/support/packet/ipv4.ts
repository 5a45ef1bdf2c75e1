// IPv4 (RFC 791).
import { addressBytes, addressText } from './address.ts';
import { internetChecksum, readChecksum, type Checksum } from './checksum.ts';
import type { Decoded, Surroundings } from './layer.ts';
import { layerOfProtocol, protocolOf } from './numbers.ts';

export interface Ipv4 {
  readonly source: string;
  readonly destination: string;
  readonly ttl?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  readonly id?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  readonly protocol?: number;
  /** Hex, a multiple of 4 bytes. */
  readonly options?: string;
  readonly version?: number;
  /** Header length in words of 4 bytes. */
  readonly headerWords?: number;
  readonly totalLength?: number;
  readonly checksum?: Checksum;
}

const IPV4_BYTES = 20;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;

export function encodeIpv4(fields: Ipv4, payload: Buffer, { next }: Surroundings): Buffer {
  const options = Buffer.from(fields.options ?? '', 'hex');
  const header = Buffer.concat([Buffer.alloc(IPV4_BYTES), options]);
  header[0] = ((fields.version ?? 4) << 4) | (fields.headerWords ?? header.length / 4);
  header[1] = ((fields.dscp ?? 0) << 2) | (fields.ecn ?? 0);
  header.writeUInt16BE(fields.totalLength ?? header.length + payload.length, 2);
  header.writeUInt16BE(fields.id ?? 0, 4);
  header.writeUInt16BE(fragmentWord(fields), 6);
  header[8] = fields.ttl ?? 64;
  header[9] = fields.protocol ?? protocolOf(next);
  addressBytes(fields.source).copy(header, 12);
  addressBytes(fields.destination).copy(header, 16);
  const told = fields.checksum ?? 'correct';
  header.writeUInt16BE(told === 'correct' ? internetChecksum(header) : told, 10);
  return Buffer.concat([header, payload]);
}

export function decodeIpv4(bytes: Buffer): Decoded | undefined {
  if (bytes.length < IPV4_BYTES) return undefined;
  const headerWords = bytes.readUInt8(0) & 0xf;
  if (headerWords * 4 < IPV4_BYTES || bytes.length < headerWords * 4) return undefined;
  const header = bytes.subarray(0, headerWords * 4);
  const totalLength = bytes.readUInt16BE(2);
  const end = totalLength < header.length ? bytes.length : totalLength;
  const fields = { ...readFields(header), headerWords, totalLength };
  return {
    layer: { name: 'ipv4', fields },
    payload: bytes.subarray(header.length, end),
    trailer: bytes.subarray(end),
    next: fields.fragmentOffset > 0 ? 'data' : layerOfProtocol(fields.protocol),
    outer: { source: header.subarray(12, 16), destination: header.subarray(16, 20) },
  };
}

function readFields(header: Buffer) {
  const word = header.readUInt16BE(6);
  return {
    version: header.readUInt8(0) >> 4,
    source: addressText(header.subarray(12, 16)),
    destination: addressText(header.subarray(16, 20)),
    ttl: header.readUInt8(8),
    dscp: header.readUInt8(1) >> 2,
    ecn: header.readUInt8(1) & 3,
    id: header.readUInt16BE(4),
    dontFragment: (word & DONT_FRAGMENT) !== 0,
    moreFragments: (word & MORE_FRAGMENTS) !== 0,
    fragmentOffset: (word & 0x1fff) * 8,
    protocol: header.readUInt8(9),
    options: header.subarray(IPV4_BYTES).toString('hex'),
    checksum: readChecksum(header, 10, Buffer.alloc(0)),
  };
}

function fragmentWord(fields: Ipv4): number {
  const flags = (fields.dontFragment ? DONT_FRAGMENT : 0) | (fields.moreFragments ? MORE_FRAGMENTS : 0);
  return flags | ((fields.fragmentOffset ?? 0) / 8);
}
