// Reference-counted values, one for each key.

export interface Interned {
  readonly key: string;
  /** Reference count; written by the interner. */
  users: number;
}

/** Values are deleted by `sweep` alone: one that is released and acquired again within an update survives. */
export class Interner<T extends Interned> {
  readonly #byKey = new Map<string, T>();
  readonly #idle = new Set<T>();
  #fresh: T[] = [];

  /** Increments the count of the value with this key; `make` creates it if there is none. */
  acquire(key: string, make: () => T): T {
    let item = this.#byKey.get(key);
    if (item === undefined) {
      item = make();
      this.#byKey.set(key, item);
      this.#fresh.push(item);
    }
    item.users++;
    return item;
  }

  release(item: T): void {
    if (--item.users === 0) this.#idle.add(item);
  }

  values(): Iterable<T> {
    return this.#byKey.values();
  }

  /** Values created since the last call, without those that are unused again. */
  takeFresh(): readonly T[] {
    const fresh = this.#fresh.filter(item => item.users > 0);
    this.#fresh = [];
    return fresh;
  }

  /** Deletes and returns unused values. */
  sweep(): readonly T[] {
    const gone = [...this.#idle].filter(item => item.users === 0 && this.#byKey.get(item.key) === item);
    for (const item of gone) this.#byKey.delete(item.key);
    this.#idle.clear();
    return gone;
  }
}
