// Values that have two versions while they change: the one in force, and another that is being filled or still read.

export class Versions<K, V> {
  readonly #inForce = new Map<K, V>();
  /** To come: `undefined` is to go. */
  readonly #staged = new Map<K, V | undefined>();
  /** Of the version that was in force before: packets on their way may still ask for it. */
  readonly #old = new Map<K, V | undefined>();
  readonly #isEqual: (a: V, b: V) => boolean;

  constructor(isEqual: (a: V, b: V) => boolean = Object.is) {
    this.#isEqual = isEqual;
  }

  inForce(key: K): V | undefined {
    return this.#inForce.get(key);
  }

  /** In the version that is not in force. */
  other(key: K): V | undefined {
    if (this.#staged.has(key)) return this.#staged.get(key);
    return this.#old.has(key) ? this.#old.get(key) : this.#inForce.get(key);
  }

  /** Keys of the version in force. */
  keys(): Iterable<K> {
    return this.#inForce.keys();
  }

  staged(): readonly K[] {
    return [...this.#staged.keys()];
  }

  /** In force, by what is read from the kernel, or what nobody can be asking for. */
  put(key: K, value: V | undefined): void {
    this.#staged.delete(key);
    this.#old.delete(key);
    this.#setInForce(key, value);
  }

  want(key: K, value: V | undefined): void {
    const now = this.#inForce.get(key);
    const isSame = now === undefined || value === undefined ? now === value : this.#isEqual(now, value);
    if (isSame) this.#staged.delete(key);
    else this.#staged.set(key, value);
  }

  /** What is staged is in force; with `keepOld`, the other version has what was, until `settle`. */
  advance(keepOld: boolean): void {
    for (const [key, value] of this.#staged) {
      if (keepOld && !this.#old.has(key)) this.#old.set(key, this.#inForce.get(key));
      this.#setInForce(key, value);
    }
    this.#staged.clear();
  }

  /** Nobody asks for the old version any more; the keys whose versions differed. */
  settle(): readonly K[] {
    const keys = [...this.#old.keys()];
    this.#old.clear();
    return keys;
  }

  #setInForce(key: K, value: V | undefined): void {
    if (value === undefined) this.#inForce.delete(key);
    else this.#inForce.set(key, value);
  }
}

/** As a table has them, by version. */
export function inColumns<T>(version: number, inForce: T, other: T): [T, T] {
  return version === 0 ? [inForce, other] : [other, inForce];
}
