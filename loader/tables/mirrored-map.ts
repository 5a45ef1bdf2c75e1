// A map that nobody else writes, and what is in it: to change it costs no reading, to check it one look at all of it.
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
  /** What stood in place of rows that `keep` has not confirmed yet. */
  readonly #before = new Map<string, string | undefined>();
  readonly #isArray: boolean;

  /** Takes up what the map holds. The map stays the caller's. */
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

  /** Equal values may be one object. */
  *entries(): Generator<[K, V], void, undefined> {
    const values = new ValueTexts(this.#decodeValue);
    for (const [key, value] of this.#rows) yield [this.#decodeKey(key), values.at(value).value];
  }

  /** Writes those that differ; how many. Throws MAP_FULL: then, as after any error, `takeBack` is due. */
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

  /** For good; how many there were. Not for arrays. */
  delete(keys: Iterable<string>): number {
    const known = Array.from(keys).filter(key => this.#rows.delete(key));
    return this.#raw.deleteBatch(known);
  }

  /** What was set is not taken back any more. */
  keep(): void {
    this.#before.clear();
  }

  /** As it was when `keep` was called last, whatever of what was set has reached the kernel. */
  takeBack(): void {
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

  /** Reads all of it, and puts right what somebody else has changed. */
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
