// An immutable map whose versions share what they have in common: a changed key copies one bucket, and two versions are
// compared by the buckets that differ (map-diff.ts). For collections of 100,000 objects of which a few change at a time.
import { hash32 } from './stable-ids.ts';

/** With 100,000 keys a bucket has about 25: copying it costs microseconds, as does copying the list of buckets. */
const BUCKETS = 4_096;

type Bucket<K, V> = ReadonlyMap<K, V>;

/** Iterates in an order that depends on the keys, and hardly on the order in which they were set. */
export class PersistentMap<K extends string, V> implements ReadonlyMap<K, V> {
  /** Buckets without keys are absent. */
  readonly buckets: readonly (Bucket<K, V> | undefined)[];
  readonly size: number;

  /** Takes over the buckets: nobody may write them any more. */
  constructor(buckets: readonly (Bucket<K, V> | undefined)[], size: number) {
    this.buckets = buckets;
    this.size = size;
  }

  get(key: K): V | undefined {
    return this.buckets[bucketOf(key)]?.get(key);
  }

  has(key: K): boolean {
    return this.buckets[bucketOf(key)]?.has(key) === true;
  }

  *entries(): MapIterator<[K, V]> {
    for (const bucket of this.buckets) if (bucket !== undefined) yield* bucket;
  }

  *keys(): MapIterator<K> {
    for (const bucket of this.buckets) if (bucket !== undefined) yield* bucket.keys();
  }

  *values(): MapIterator<V> {
    for (const bucket of this.buckets) if (bucket !== undefined) yield* bucket.values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }
}

/** A map that is being written; `seal` gives its versions away. */
export class MapDraft<K extends string, V> {
  readonly #buckets: (Map<K, V> | undefined)[] = new Array<Map<K, V> | undefined>(BUCKETS).fill(undefined);
  /** Buckets that no version has. */
  readonly #own = new Set<number>();
  #size = 0;
  #sealed: PersistentMap<K, V> | undefined;

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    return this.#buckets[bucketOf(key)]?.get(key);
  }

  has(key: K): boolean {
    return this.#buckets[bucketOf(key)]?.has(key) === true;
  }

  *keys(): Iterable<K> {
    for (const bucket of this.#buckets) if (bucket !== undefined) yield* bucket.keys();
  }

  /** The value that the key has already is no change. */
  set(key: K, value: V): void {
    const index = bucketOf(key);
    const before = this.#buckets[index];
    if (before !== undefined && before.get(key) === value && before.has(key)) return;
    const bucket = this.#writable(index);
    this.#size -= bucket.size;
    bucket.set(key, value);
    this.#size += bucket.size;
  }

  delete(key: K): void {
    const index = bucketOf(key);
    if (this.#buckets[index]?.has(key) !== true) return;
    const bucket = this.#writable(index);
    bucket.delete(key);
    this.#size--;
    if (bucket.size === 0) this.#buckets[index] = undefined;
  }

  /** As it is now, whatever is written later; the same version as long as nothing is. */
  seal(): PersistentMap<K, V> {
    if (this.#sealed === undefined) {
      this.#sealed = new PersistentMap([...this.#buckets], this.#size);
      this.#own.clear();
    }
    return this.#sealed;
  }

  #writable(index: number): Map<K, V> {
    this.#sealed = undefined;
    const bucket = this.#buckets[index];
    if (bucket !== undefined && this.#own.has(index)) return bucket;
    const copy = new Map(bucket);
    this.#buckets[index] = copy;
    this.#own.add(index);
    return copy;
  }
}

function bucketOf(key: string): number {
  return hash32(key) % BUCKETS;
}
