// Values by key, where nearly every key has one: no set is made before there are two.

const NONE: readonly never[] = [];

export class SparseMultiMap<K, V extends object> {
  readonly #values = new Map<K, V | readonly V[]>();

  keys(): Iterable<K> {
    return this.#values.keys();
  }

  /** In the order in which they were added. */
  get(key: K): readonly V[] {
    return listOf(this.#values.get(key));
  }

  add(key: K, value: V): void {
    const held = this.#values.get(key);
    this.#values.set(key, held === undefined ? value : [...listOf(held), value]);
  }

  /** One of equal values; nothing if it is not there. */
  delete(key: K, value: V): void {
    const held = listOf(this.#values.get(key));
    const at = held.indexOf(value);
    if (at < 0) return;
    const left = held.toSpliced(at, 1);
    const [only] = left;
    if (only === undefined) this.#values.delete(key);
    else this.#values.set(key, left.length === 1 ? only : left);
  }
}

function listOf<V extends object>(held: V | readonly V[] | undefined): readonly V[] {
  if (held === undefined) return NONE;
  return Array.isArray(held) ? (held as readonly V[]) : [held as V];
}
