// Things that exist once for each content, as long as somebody uses them.

export interface Interned {
  readonly key: string;
  /** How many use it; kept by the pool. */
  users: number;
}

/** Nothing goes before `sweep`: what an update drops and takes again has never been away. */
export class Interner<T extends Interned> {
  readonly #byKey = new Map<string, T>();
  readonly #idle = new Set<T>();
  #fresh: T[] = [];

  /** One more user of what has this key; `make` is asked if there is none. */
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

  /** Since it was last asked: what has come, without what is going again. */
  takeFresh(): readonly T[] {
    const fresh = this.#fresh.filter(item => item.users > 0);
    this.#fresh = [];
    return fresh;
  }

  /** Removes and answers what nobody uses. */
  sweep(): readonly T[] {
    const gone = [...this.#idle].filter(item => item.users === 0 && this.#byKey.get(item.key) === item);
    for (const item of gone) this.#byKey.delete(item.key);
    this.#idle.clear();
    return gone;
  }
}
