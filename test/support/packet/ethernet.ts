// Ethernet II.
import { macBytes, macText } from './address.ts';
import type { Decoded, Surroundings } from './layer.ts';
import { etherTypeOf, layerOfEtherType } from './numbers.ts';

export interface Ethernet {
  readonly source: string;
  readonly destination: string;
  /** EtherType; that of the next layer if not given. */
  readonly type?: number;
}

export const ETHERNET_BYTES = 14;

export function encodeEthernet(fields: Ethernet, payload: Buffer, { next }: Surroundings): Buffer {
  const type = Buffer.alloc(2);
  type.writeUInt16BE(fields.type ?? etherTypeOf(next));
  return Buffer.concat([macBytes(fields.destination), macBytes(fields.source), type, payload]);
}

export function decodeEthernet(bytes: Buffer): Decoded | undefined {
  if (bytes.length < ETHERNET_BYTES) return undefined;
  const type = bytes.readUInt16BE(12);
  return {
    layer: {
      name: 'ethernet',
      fields: { source: macText(bytes.subarray(6, 12)), destination: macText(bytes.subarray(0, 6)), type },
    },
    payload: bytes.subarray(ETHERNET_BYTES),
    next: layerOfEtherType(type),
  };
}
