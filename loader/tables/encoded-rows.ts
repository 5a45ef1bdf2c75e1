// Raw rows: keys and values as latin1 text, one character a byte, so that equal bytes are equal strings.
import type { BpfMap, Codec } from 'libbpf-ts';
import { HeddleError } from '../errors.ts';

/** The same map with text as keys and values. */
export function rawMap<K, V>(map: BpfMap<K, V>): BpfMap<string, string> {
  return map.withCodecs(latin1Codec(map.key.size), latin1Codec(map.value.size));
}

/** Reuses one buffer per encoder. */
export function encoder<T>(codec: Codec<T>): (value: T) => string {
  const bytes = Buffer.alloc(codec.size);
  return value => {
    codec.encode(value, bytes, 0);
    return bytes.toString('latin1');
  };
}

export function decoder<T>(codec: Codec<T>): (text: string) => T {
  return text => codec.decode(Buffer.from(text, 'latin1'), 0);
}

/** Errors of a full map: E2BIG from hash maps, ENOSPC from LPM tries. */
const FULL: ReadonlySet<string> = new Set(['E2BIG', 'ENOSPC']);

export function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && FULL.has(String(error.code));
}

/** Creates or replaces one row. Throws MAP_FULL. */
export function setRow<K, V>(map: BpfMap<K, V>, key: K, value: V): void {
  try {
    map.set(key, value);
  } catch (error) {
    throw isFull(error) ? mapFull(map, error) : error;
  }
}

/** The error MAP_FULL for a map, with the kernel's error as its cause. */
export function mapFull<K, V>({ name, info }: BpfMap<K, V>, cause: unknown): HeddleError {
  const text = `${name} has room for ${info.maxEntries} rows, and more are needed: raise its size`;
  return new HeddleError('MAP_FULL', text, { cause });
}

function latin1Codec(size: number): Codec<string> {
  const bufferOf = (bytes: Uint8Array): Buffer =>
    Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    size,
    encode: (text, target, offset) => void bufferOf(target).write(text, offset, size, 'latin1'),
    decode: (source, offset) => bufferOf(source).toString('latin1', offset, offset + size),
  };
}
