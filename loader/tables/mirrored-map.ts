// A map with one writer and a copy of its rows in memory: a change reads nothing, `verify` reads the whole map.
import { MapType, type BpfMap } from 'libbpf-ts';
import { decoder, encoder, isFull, mapFull, rawMap } from './encoded-rows.ts';
import type { TableSync } from './sync-table.ts';
import { diffTable } from './table-diff.ts';
import { ValueTexts } from './value-texts.ts';

/** Rows are encoded: `keyOf` and `valueOf` make them. */
export type EncodedRow = readonly [key: string, value: string];

export class MirroredMap<K, V> {
  readonly keyOf: (key: K) => string;
  readonly valueOf: (value: V) => string;
  readonly #raw: BpfMap<string, string>;
  readonly #decodeKey: (text: string) => K;
  readonly #decodeValue: (text: string) => V;
  readonly #rows: Map<string, string>;
  /** Previous values of rows that were set since the last `commit`. */
  readonly #before = new Map<string, string | undefined>();
  readonly #isArray: boolean;

  /** Reads the map's rows. The caller keeps ownership of the map. */
  constructor(map: BpfMap<K, V>) {
    this.#raw = rawMap(map);
    this.keyOf = encoder(map.key);
    this.valueOf = encoder(map.value);
    this.#decodeKey = decoder(map.key);
    this.#decodeValue = decoder(map.value);
    const values = new ValueTexts(this.#decodeValue);
    this.#rows = new Map();
    for (const [key, value] of this.#raw.entries()) this.#rows.set(key, values.at(value).text);
    this.#isArray = map.info.type === MapType.ARRAY;
  }

  get maxEntries(): number {
    return this.#raw.info.maxEntries;
  }

  keys(): Iterable<string> {
    return this.#rows.keys();
  }

  get(key: string): string | undefined {
    return this.#rows.get(key);
  }

  /** Equal values may share one object. `except`: rows of that encoded value are left out. */
  *entries(except?: string): Generator<[K, V], void, undefined> {
    const values = new ValueTexts(this.#decodeValue);
    for (const [key, value] of this.#rows)
      if (value !== except) yield [this.#decodeKey(key), values.at(value).value];
  }

  /** Writes rows that differ and returns their number. Throws MAP_FULL. After any error call `rollback`. */
  set(rows: Iterable<EncodedRow>): number {
    const changed = Array.from(rows).filter(([key, value]) => this.#rows.get(key) !== value);
    for (const [key, value] of changed) {
      if (!this.#before.has(key)) this.#before.set(key, this.#rows.get(key));
      this.#rows.set(key, value);
    }
    try {
      this.#raw.setBatch(changed);
    } catch (error) {
      throw isFull(error) ? mapFull(this.#raw, error) : error;
    }
    return changed.length;
  }

  /** Deletes without rollback and returns the number deleted. Not for arrays. */
  delete(keys: Iterable<string>): number {
    const known = Array.from(keys).filter(key => this.#rows.delete(key));
    return this.#raw.deleteBatch(known);
  }

  /** Keeps what was set: a later `rollback` does not undo it. */
  commit(): void {
    this.#before.clear();
  }

  /** Restores the rows of the last `commit`, however much of a failed batch the kernel had written. */
  rollback(): void {
    const came = [...this.#before].flatMap(([key, value]) => (value === undefined ? [key] : []));
    const changed = [...this.#before].flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value] as const],
    );
    for (const key of came) this.#rows.delete(key);
    for (const [key, value] of changed) this.#rows.set(key, value);
    this.#before.clear();
    this.#raw.deleteBatch(came);
    this.#raw.setBatch(changed);
  }

  /** Reads the whole map and repairs rows that differ from the copy. */
  verify(): TableSync {
    const { set, delete: surplus, kept } = diffTable(this.#rows, new Map(this.#raw.entries()));
    try {
      this.#raw.setBatch(set);
    } catch (error) {
      throw isFull(error) ? mapFull(this.#raw, error) : error;
    }
    return { written: set.length, deleted: this.#isArray ? 0 : this.#raw.deleteBatch(surplus), kept };
  }
}
