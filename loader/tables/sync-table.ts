// Makes a map hold exactly the desired rows; writes only rows that differ.
import type { BpfMap } from 'libbpf-ts';
import { encoder, isFull, mapFull, rawMap } from './encoded-rows.ts';
import { diffTable, type EncodedRows } from './table-diff.ts';

export interface TableSync {
  /** Rows created or replaced. */
  readonly written: number;
  readonly deleted: number;
  /** Rows that were equal already. */
  readonly kept: number;
}

/** A later row of the same key wins. Throws MAP_FULL when the rows do not fit. */
export function syncTable<K, V>(map: BpfMap<K, V>, desired: Iterable<readonly [K, V]>): TableSync {
  return syncEncoded(rawMap(map), encodeRows(map, desired));
}

/** As `syncTable` for encoded rows. `actual`: the map's known contents; read from the map if absent. */
export function syncEncoded(
  raw: BpfMap<string, string>,
  desired: EncodedRows,
  actual: EncodedRows = new Map(raw.entries()),
): TableSync {
  const { set, delete: surplus, kept } = diffTable(desired, actual);
  const deletedEarly = setOrFreeSpace(raw, set, surplus);
  const deleted = deletedEarly ?? raw.deleteBatch(surplus);
  return { written: set.length, deleted, kept };
}

type Row = readonly [key: string, value: string];

/** Writes before it deletes, so that a prefix that is split always has a route; deletes first only if the map is full. */
function setOrFreeSpace(
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
    throw mapFull(map, error);
  }
}

function encodeRows<K, V>(map: BpfMap<K, V>, rows: Iterable<readonly [K, V]>): EncodedRows {
  const encoded = new Map<string, string>();
  const [keyText, valueText] = [encoder(map.key), encoder(map.value)];
  for (const [key, value] of rows) encoded.set(keyText(key), valueText(value));
  return encoded;
}
