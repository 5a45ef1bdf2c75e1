// Encoded values of which there are few, in many rows: each is decoded once, and its text is kept once.

export interface ValueText<V> {
  /** The same string for equal ones. */
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
