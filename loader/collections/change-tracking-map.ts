// A map that reports changed keys since the last `drain`; a change that was undone is not reported.

export class ChangeTrackingMap<K, V> {
  readonly map = new Map<K, V>();
  readonly #before = new Map<K, V | undefined>();
  readonly #isEqual: (a: V, b: V) => boolean;

  constructor(isEqual: (a: V, b: V) => boolean = Object.is) {
    this.#isEqual = isEqual;
  }

  set(key: K, value: V): void {
    this.#note(key);
    this.map.set(key, value);
  }

  delete(key: K): void {
    if (!this.map.has(key)) return;
    this.#note(key);
    this.map.delete(key);
  }

  /** The keys whose values differ from those at the last `drain`. */
  drain(): Set<K> {
    const changed = new Set<K>();
    for (const [key, before] of this.#before) {
      const now = this.map.get(key);
      if (before === undefined || now === undefined ? before !== now : !this.#isEqual(before, now))
        changed.add(key);
    }
    this.#before.clear();
    return changed;
  }

  #note(key: K): void {
    if (!this.#before.has(key)) this.#before.set(key, this.map.get(key));
  }
}
