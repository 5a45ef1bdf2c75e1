// Bytes without a header of their own: payloads, padding and what is too short to be read.
import type { Layer } from './layer.ts';

export interface Data {
  /** Printable text in double quotes, else 0x and hex. */
  readonly bytes: string;
}

const PRINTABLE = /^[ -~]+$/;

export function dataLayer(name: 'data' | 'trailer', bytes: Uint8Array): Layer {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('latin1');
  return {
    name,
    fields: { bytes: PRINTABLE.test(text) ? JSON.stringify(text) : `0x${buffer.toString('hex')}` },
  };
}

export function encodeData(fields: Data, payload: Buffer): Buffer {
  const bytes = fields.bytes.startsWith('0x')
    ? Buffer.from(fields.bytes.slice(2), 'hex')
    : Buffer.from(JSON.parse(fields.bytes) as string, 'latin1');
  return Buffer.concat([bytes, payload]);
}
