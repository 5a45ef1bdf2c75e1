// Caches encoded values that many rows share: each is decoded once, and its text is stored once.

export interface ValueText<V> {
  /** Returns the same string for equal values. */
  readonly text: string;
  readonly value: V;
}

export class ValueTexts<V> {
  readonly #decode: (text: string) => V;
  readonly #known = new Map<string, ValueText<V>>();

  constructor(decode: (text: string) => V) {
    this.#decode = decode;
  }

  at(text: string): ValueText<V> {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const fresh = { text, value: this.#decode(text) };
    this.#known.set(text, fresh);
    return fresh;
  }
}
