// A map of immutable rows: new rows are written before anything refers to them, unused ones are deleted afterwards.
import type { BpfMap } from 'libbpf-ts';
import { MirroredMap } from './mirrored-map.ts';
import type { TableSync } from './sync-table.ts';

export class RowTable<K, V> {
  readonly #mirror: MirroredMap<K, V>;
  /** Acquired, and not written yet. */
  readonly #pending = new Map<string, string>();
  /** In the map, and not acquired. */
  readonly #unused: Set<string>;

  /** Rows that the map already holds start as unused. */
  constructor(map: BpfMap<K, V>) {
    this.#mirror = new MirroredMap(map);
    this.#unused = new Set(this.#mirror.keys());
  }

  get hasUnused(): boolean {
    return this.#unused.size > 0;
  }

  acquire(key: K, value: V): void {
    const [keyText, valueText] = [this.#mirror.keyOf(key), this.#mirror.valueOf(value)];
    this.#unused.delete(keyText);
    if (this.#mirror.get(keyText) === valueText) this.#pending.delete(keyText);
    else this.#pending.set(keyText, valueText);
  }

  release(key: K): void {
    const text = this.#mirror.keyOf(key);
    this.#pending.delete(text);
    if (this.#mirror.get(text) !== undefined) this.#unused.add(text);
  }

  /** Writes pending rows and returns their number. Throws MAP_FULL: call `rollback` then; acquired rows stay acquired. */
  write(): number {
    return this.#mirror.set(this.#pending);
  }

  commit(): void {
    this.#mirror.commit();
    this.#pending.clear();
  }

  rollback(): void {
    this.#mirror.rollback();
  }

  /** Deletes unused rows and returns their number. */
  deleteUnused(): number {
    const deleted = this.#mirror.delete(this.#unused);
    this.#unused.clear();
    return deleted;
  }

  verify(): TableSync {
    return this.#mirror.verify();
  }
}
