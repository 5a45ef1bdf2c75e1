// Equal values of many objects, held once: the names of nodes, a workload's ports, a zone's hints.

/** Of as many kinds: more are forgotten, and then held more than once. */
const MOST = 16_384;

export class SharedValues {
  readonly #known = new Map<string, unknown>();

  /** The first value that was equal to it: text as it is, another value as its JSON. */
  of<T>(value: T): T {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const known = this.#known.get(text);
    if (known !== undefined && typeof known === typeof value) return known as T;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(text, value);
    return value;
  }
}
