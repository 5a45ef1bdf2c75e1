// Keeps a map equal to the desired rows: compares with the last write and writes only the difference.
import type { BpfMap } from 'libbpf-ts';
import { encoder, rawMap, setRow } from './encoded-rows.ts';
import type { SyncMode } from './sync-mode.ts';
import { syncEncoded, type TableSync } from './sync-table.ts';

export class TableWriter<K, V> {
  readonly #raw: BpfMap<string, string>;
  readonly #keyText: (key: K) => string;
  readonly #valueText: (value: V) => string;
  /** Encoded rows of the last write or read; undefined before the first read and after an error. */
  #rows: Map<string, string> | undefined;

  /** The caller keeps ownership of the map. */
  constructor(map: BpfMap<K, V>) {
    this.#raw = rawMap(map);
    this.#keyText = encoder(map.key);
    this.#valueText = encoder(map.value);
  }

  /** `full` reads the map first. A later row of the same key wins. Throws MAP_FULL when the rows do not fit. */
  sync(desired: Iterable<readonly [K, V]>, mode: SyncMode): TableSync {
    const rows = new Map<string, string>();
    for (const [key, value] of desired) rows.set(this.#keyText(key), this.#valueText(value));
    const actual = mode === 'full' ? undefined : this.#rows;
    this.#rows = undefined;
    const sync = syncEncoded(this.#raw, rows, actual);
    this.#rows = rows;
    return sync;
  }

  /** Adds or replaces one row. Throws MAP_FULL. */
  put(key: K, value: V): void {
    const [keyText, valueText] = [this.#keyText(key), this.#valueText(value)];
    setRow(this.#raw, keyText, valueText);
    this.#rows?.set(keyText, valueText);
  }

  /** Does nothing if the row is absent. */
  delete(key: K): void {
    const keyText = this.#keyText(key);
    this.#raw.delete(keyText);
    this.#rows?.delete(keyText);
  }
}
