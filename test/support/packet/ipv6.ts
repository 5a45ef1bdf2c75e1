// The fixed IPv6 header (RFC 8200 section 3).
import { addressBytes, addressText } from './address.ts';
import type { Decoded, Surroundings } from './layer.ts';
import { layerOfProtocol, protocolOf } from './numbers.ts';

export interface Ipv6 {
  readonly source: string;
  readonly destination: string;
  readonly hopLimit?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  readonly flowLabel?: number;
  readonly nextHeader?: number;
  readonly payloadLength?: number;
  readonly version?: number;
}

const IPV6_BYTES = 40;

export function encodeIpv6(fields: Ipv6, payload: Buffer, { next }: Surroundings): Buffer {
  const header = Buffer.alloc(IPV6_BYTES);
  const trafficClass = ((fields.dscp ?? 0) << 2) | (fields.ecn ?? 0);
  const word = ((fields.version ?? 6) << 28) | (trafficClass << 20) | (fields.flowLabel ?? 0);
  header.writeUInt32BE(word >>> 0, 0);
  header.writeUInt16BE(fields.payloadLength ?? payload.length, 4);
  header[6] = fields.nextHeader ?? protocolOf(next);
  header[7] = fields.hopLimit ?? 64;
  addressBytes(fields.source).copy(header, 8);
  addressBytes(fields.destination).copy(header, 24);
  return Buffer.concat([header, payload]);
}

export function decodeIpv6(bytes: Buffer): Decoded | undefined {
  if (bytes.length < IPV6_BYTES) return undefined;
  const word = bytes.readUInt32BE(0);
  const payloadLength = bytes.readUInt16BE(4);
  const nextHeader = bytes.readUInt8(6);
  const outer = { source: bytes.subarray(8, 24), destination: bytes.subarray(24, 40) };
  const fields = {
    version: word >>> 28,
    source: addressText(outer.source),
    destination: addressText(outer.destination),
    hopLimit: bytes.readUInt8(7),
    dscp: (word >>> 22) & 0x3f,
    ecn: (word >>> 20) & 3,
    flowLabel: word & 0xfffff,
    nextHeader,
    payloadLength,
  };
  return {
    layer: { name: 'ipv6', fields },
    payload: bytes.subarray(IPV6_BYTES, IPV6_BYTES + payloadLength),
    trailer: bytes.subarray(IPV6_BYTES + payloadLength),
    next: layerOfProtocol(nextHeader),
    outer,
  };
}
