// VXLAN (RFC 7348 section 5).
import type { Decoded } from './layer.ts';

export const VXLAN_PORT = 4789;

export interface Vxlan {
  readonly vni: number;
  /** First byte; 0x08 says that the VNI is valid. */
  readonly flags?: number;
  /** Bytes 1 to 3. */
  readonly reserved?: number;
  /** Byte 7. */
  readonly reservedLast?: number;
}

const VXLAN_BYTES = 8;
const VNI_VALID = 0x08;

export function encodeVxlan(fields: Vxlan, payload: Buffer): Buffer {
  const header = Buffer.alloc(VXLAN_BYTES);
  header[0] = fields.flags ?? VNI_VALID;
  header.writeUIntBE(fields.reserved ?? 0, 1, 3);
  header.writeUIntBE(fields.vni, 4, 3);
  header[7] = fields.reservedLast ?? 0;
  return Buffer.concat([header, payload]);
}

export function decodeVxlan(bytes: Buffer): Decoded | undefined {
  if (bytes.length < VXLAN_BYTES) return undefined;
  const fields = {
    vni: bytes.readUIntBE(4, 3),
    flags: bytes.readUInt8(0),
    reserved: bytes.readUIntBE(1, 3),
    reservedLast: bytes.readUInt8(7),
  };
  return { layer: { name: 'vxlan', fields }, payload: bytes.subarray(VXLAN_BYTES), next: 'ethernet' };
}
