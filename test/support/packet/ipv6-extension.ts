// IPv6 extension headers that share one form, and the fragment header (RFC 8200 section 4).
import type { Decoded, ExtensionName, Surroundings } from './layer.ts';
import { layerOfProtocol, protocolOf } from './numbers.ts';

export interface Extension {
  /** What stands behind the two length bytes, in hex; 6 bytes more or less than a multiple of 8. */
  readonly body: string;
  readonly nextHeader?: number;
  /** Length beyond the first 8 bytes, in units of 8. */
  readonly length?: number;
}

export interface Fragment {
  readonly id: number;
  /** In bytes, a multiple of 8. */
  readonly offset: number;
  readonly more: boolean;
  readonly nextHeader?: number;
}

const UNIT = 8;

export function encodeExtension(fields: Extension, payload: Buffer, { next }: Surroundings): Buffer {
  const body = Buffer.from(fields.body, 'hex');
  const length = fields.length ?? (body.length + 2) / UNIT - 1;
  const head = Buffer.from([fields.nextHeader ?? protocolOf(next), length]);
  return Buffer.concat([head, body, payload]);
}

export function decodeExtension(name: ExtensionName, bytes: Buffer): Decoded | undefined {
  if (bytes.length < UNIT) return undefined;
  const nextHeader = bytes.readUInt8(0);
  const length = bytes.readUInt8(1);
  const end = (length + 1) * UNIT;
  if (bytes.length < end) return undefined;
  return {
    layer: { name, fields: { body: bytes.subarray(2, end).toString('hex'), nextHeader, length } },
    payload: bytes.subarray(end),
    next: layerOfProtocol(nextHeader),
  };
}

export function encodeFragment(fields: Fragment, payload: Buffer, { next }: Surroundings): Buffer {
  const header = Buffer.alloc(UNIT);
  header[0] = fields.nextHeader ?? protocolOf(next);
  header.writeUInt16BE(fields.offset | (fields.more ? 1 : 0), 2);
  header.writeUInt32BE(fields.id, 4);
  return Buffer.concat([header, payload]);
}

export function decodeFragment(bytes: Buffer): Decoded | undefined {
  if (bytes.length < UNIT) return undefined;
  const nextHeader = bytes.readUInt8(0);
  const word = bytes.readUInt16BE(2);
  const fields = { id: bytes.readUInt32BE(4), offset: word & 0xfff8, more: (word & 1) === 1, nextHeader };
  return {
    layer: { name: 'fragment', fields },
    payload: bytes.subarray(UNIT),
    next: fields.offset > 0 ? 'data' : layerOfProtocol(nextHeader),
  };
}
