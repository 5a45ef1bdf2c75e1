// Chance that can be repeated: equal seeds choose alike, on every machine.

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to `below` - 1. */
  int(below: number): number {
    return Math.floor(this.#next() * below);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.int(from.length)];
    if (picked === undefined) throw new RangeError('there is nothing to pick from');
    return picked;
  }

  /** `least` to `most` values, made one after another. */
  list<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + this.int(most - least + 1) }, (_, index) => make(index));
  }

  /** Up to `most` of them, in another order. */
  sample<T>(from: readonly T[], most: number): T[] {
    return this.shuffled(from).slice(0, most);
  }

  shuffled<T>(from: readonly T[]): T[] {
    const mixed = [...from];
    for (let i = mixed.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const [a, b] = [mixed[i], mixed[j]];
      if (a !== undefined && b !== undefined) [mixed[i], mixed[j]] = [b, a];
    }
    return mixed;
  }

  /** mulberry32: small, and good enough to choose by. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
