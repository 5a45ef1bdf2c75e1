// Keys that etcd has lost and that will most likely be there again: they count as before for a while.

export class HeldKeys implements Disposable {
  readonly #holdMs: number;
  readonly #onExpire: (keys: readonly string[]) => void;
  /** Each with the timer of what was lost at the same time. */
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(holdMs: number, onExpire: (keys: readonly string[]) => void) {
    this.#holdMs = holdMs;
    this.#onExpire = onExpire;
  }

  get size(): number {
    return this.#timers.size;
  }

  has(key: string): boolean {
    return this.#timers.has(key);
  }

  hold(keys: readonly string[]): void {
    if (keys.length === 0) return;
    const timer = setTimeout(() => {
      const expired = keys.filter(key => this.#timers.get(key) === timer);
      for (const key of expired) this.#timers.delete(key);
      this.#onExpire(expired);
    }, this.#holdMs).unref();
    for (const key of keys) this.#timers.set(key, timer);
  }

  /** It is there again, or gone for good. */
  release(key: string): void {
    this.#timers.delete(key);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
