// Rows that never change while they are there: new ones come before somebody asks for them, dead ones go when nobody does.
import type { BpfMap } from 'libbpf-ts';
import { MirroredMap } from './mirrored-map.ts';
import type { TableSync } from './sync-table.ts';

export class RowTable<K, V> {
  readonly #mirror: MirroredMap<K, V>;
  /** Wanted, and not written yet. */
  readonly #fresh = new Map<string, string>();
  /** There, and wanted by nobody. */
  readonly #dead: Set<string>;

  /** Of what the map holds nothing is wanted yet. */
  constructor(map: BpfMap<K, V>) {
    this.#mirror = new MirroredMap(map);
    this.#dead = new Set(this.#mirror.keys());
  }

  get hasDead(): boolean {
    return this.#dead.size > 0;
  }

  want(key: K, value: V): void {
    const [keyText, valueText] = [this.#mirror.keyOf(key), this.#mirror.valueOf(value)];
    this.#dead.delete(keyText);
    if (this.#mirror.get(keyText) === valueText) this.#fresh.delete(keyText);
    else this.#fresh.set(keyText, valueText);
  }

  drop(key: K): void {
    const text = this.#mirror.keyOf(key);
    this.#fresh.delete(text);
    if (this.#mirror.get(text) !== undefined) this.#dead.add(text);
  }

  /** How many rows were written. Throws MAP_FULL: `takeBack` is due then; what is wanted stays wanted. */
  write(): number {
    return this.#mirror.set(this.#fresh);
  }

  keep(): void {
    this.#mirror.keep();
    this.#fresh.clear();
  }

  takeBack(): void {
    this.#mirror.takeBack();
  }

  /** Deletes what is dead; how many. */
  collect(): number {
    const deleted = this.#mirror.delete(this.#dead);
    this.#dead.clear();
    return deleted;
  }

  verify(): TableSync {
    return this.#mirror.verify();
  }
}
