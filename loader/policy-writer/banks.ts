// Values in two banks: packets read the active one; the shadow is filled, or still read by packets in flight.

export class Banks<K, V> {
  readonly #active = new Map<K, V>();
  /** For the shadow bank; `undefined` deletes. */
  readonly #staged = new Map<K, V | undefined>();
  /** What the shadow bank still holds after a commit, for packets in flight. */
  readonly #previous = new Map<K, V | undefined>();
  readonly #isEqual: (a: V, b: V) => boolean;

  constructor(isEqual: (a: V, b: V) => boolean = Object.is) {
    this.#isEqual = isEqual;
  }

  active(key: K): V | undefined {
    return this.#active.get(key);
  }

  /** In the shadow bank. */
  shadow(key: K): V | undefined {
    if (this.#staged.has(key)) return this.#staged.get(key);
    return this.#previous.has(key) ? this.#previous.get(key) : this.#active.get(key);
  }

  /** Keys of the active bank. */
  keys(): Iterable<K> {
    return this.#active.keys();
  }

  /** Keys that have a value in a bank, or had one in what packets in flight still read. */
  known(): ReadonlySet<K> {
    return new Set([...this.#active.keys(), ...this.#staged.keys(), ...this.#previous.keys()]);
  }

  staged(): readonly K[] {
    return [...this.#staged.keys()];
  }

  /** Sets the active bank: as read from the kernel, or where no packet can look. */
  setActive(key: K, value: V | undefined): void {
    this.#staged.delete(key);
    this.#previous.delete(key);
    this.#setActive(key, value);
  }

  stage(key: K, value: V | undefined): void {
    const now = this.#active.get(key);
    const isSame = now === undefined || value === undefined ? now === value : this.#isEqual(now, value);
    if (isSame) this.#staged.delete(key);
    else this.#staged.set(key, value);
  }

  /** The staged values become active; with `keepOld`, the shadow bank keeps the previous ones until `syncShadow`. */
  commit(keepOld: boolean): void {
    for (const [key, value] of this.#staged) {
      if (keepOld && !this.#previous.has(key)) this.#previous.set(key, this.#active.get(key));
      this.#setActive(key, value);
    }
    this.#staged.clear();
  }

  /** The shadow bank becomes equal to the active one; returns the keys that differed. */
  syncShadow(): readonly K[] {
    const keys = [...this.#previous.keys()];
    this.#previous.clear();
    return keys;
  }

  #setActive(key: K, value: V | undefined): void {
    if (value === undefined) this.#active.delete(key);
    else this.#active.set(key, value);
  }
}

/** In the order of a row's two columns. */
export function byBank<T>(bank: number, active: T, shadow: T): [T, T] {
  return bank === 0 ? [active, shadow] : [shadow, active];
}
