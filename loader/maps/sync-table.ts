// Makes a map hold exactly the desired rows, touching only those that differ.
import type { BpfMap, Codec } from 'libbpf-ts';
import { DataplaneError } from '../errors.ts';
import { diffTable, type EncodedRows } from './table-diff.ts';

export interface TableSync {
  /** Rows created or replaced. */
  readonly written: number;
  readonly deleted: number;
  /** Rows that were right already. */
  readonly kept: number;
}

/** The kernel's words for "no room": E2BIG of hash maps, ENOSPC of tries. */
const FULL: ReadonlySet<string> = new Set(['E2BIG', 'ENOSPC']);

/** A later row of the same key wins. Throws MAP_FULL when the rows do not fit. */
export function syncTable<K, V>(map: BpfMap<K, V>, desired: Iterable<readonly [K, V]>): TableSync {
  const raw = map.withCodecs(latin1Codec(map.key.size), latin1Codec(map.value.size));
  const { set, delete: surplus, kept } = diffTable(encodeRows(map, desired), new Map(raw.entries()));
  const deletedEarly = setOrMakeRoom(raw, set, surplus);
  const deleted = deletedEarly ?? raw.deleteBatch(surplus);
  return { written: set.length, deleted, kept };
}

type Row = readonly [key: string, value: string];

/** New rows come before old ones go, so that a prefix that is split is never without a route, unless there is no room. */
function setOrMakeRoom(
  map: BpfMap<string, string>,
  set: readonly Row[],
  surplus: readonly string[],
): number | undefined {
  try {
    map.setBatch(set);
    return undefined;
  } catch (error) {
    if (!isFull(error)) throw error;
  }
  const deleted = map.deleteBatch(surplus);
  try {
    map.setBatch(set);
    return deleted;
  } catch (error) {
    if (!isFull(error)) throw error;
    const text = `${map.name} has room for ${map.info.maxEntries} rows, and more are needed: raise its size`;
    throw new DataplaneError('MAP_FULL', text, { cause: error });
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && FULL.has(String(error.code));
}

function encodeRows<K, V>(map: BpfMap<K, V>, rows: Iterable<readonly [K, V]>): EncodedRows {
  const encoded = new Map<string, string>();
  const key = Buffer.alloc(map.key.size);
  const value = Buffer.alloc(map.value.size);
  for (const row of rows) {
    map.key.encode(row[0], key, 0);
    map.value.encode(row[1], value, 0);
    encoded.set(key.toString('latin1'), value.toString('latin1'));
  }
  return encoded;
}

/** Bytes as text, one character each. */
function latin1Codec(size: number): Codec<string> {
  const bufferOf = (bytes: Uint8Array): Buffer =>
    Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    size,
    encode: (text, target, offset) => void bufferOf(target).write(text, offset, size, 'latin1'),
    decode: (source, offset) => bufferOf(source).toString('latin1', offset, offset + size),
  };
}
