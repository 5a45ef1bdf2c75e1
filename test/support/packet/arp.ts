// ARP for IPv4 over Ethernet (RFC 826).
import { addressBytes, addressText, macBytes, macText } from './address.ts';
import type { Decoded } from './layer.ts';

export const ARP_OPERATION = { request: 1, reply: 2 } as const;

export interface Arp {
  readonly operation: number;
  readonly senderMac: string;
  readonly senderIp: string;
  readonly targetMac: string;
  readonly targetIp: string;
  /** Hardware type, protocol type and both lengths as one number: Ethernet and IPv4 if not given. */
  readonly kind?: number;
}

const ETHERNET_IPV4 = 0x0001_0800_0604;
const ARP_BYTES = 28;

export function encodeArp(fields: Arp, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUIntBE(fields.kind ?? ETHERNET_IPV4, 0, 6);
  head.writeUInt16BE(fields.operation, 6);
  return Buffer.concat([
    head,
    macBytes(fields.senderMac),
    addressBytes(fields.senderIp),
    macBytes(fields.targetMac),
    addressBytes(fields.targetIp),
    payload,
  ]);
}

export function decodeArp(bytes: Buffer): Decoded | undefined {
  if (bytes.length < ARP_BYTES) return undefined;
  return {
    layer: {
      name: 'arp',
      fields: {
        kind: bytes.readUIntBE(0, 6),
        operation: bytes.readUInt16BE(6),
        senderMac: macText(bytes.subarray(8, 14)),
        senderIp: addressText(bytes.subarray(14, 18)),
        targetMac: macText(bytes.subarray(18, 24)),
        targetIp: addressText(bytes.subarray(24, 28)),
      },
    },
    payload: Buffer.alloc(0),
    trailer: bytes.subarray(ARP_BYTES),
    next: 'data',
  };
}
