// A value that one reconciler finds out and others need. Unknown is not empty: nothing is deleted for want of it.

/** What the runner needs of a cell, whatever its value. */
export interface AnyCell {
  /** As `heddlectl status` names what a reconciler waits for. */
  readonly label: string;
  readonly isKnown: boolean;
  onChange(listener: () => void): void;
  /** Unknown from here on. */
  clear(): void;
}

export class Cell<T> implements AnyCell {
  readonly label: string;
  readonly #isEqual: (a: T, b: T) => boolean;
  readonly #listeners: (() => void)[] = [];
  #value: T | undefined;

  constructor(label: string, isEqual: (a: T, b: T) => boolean = Object.is) {
    this.label = label;
    this.#isEqual = isEqual;
  }

  /** Undefined: unknown. */
  get value(): T | undefined {
    return this.#value;
  }

  get isKnown(): boolean {
    return this.#value !== undefined;
  }

  /** For reconcilers that name the cell in `needs`: they do not run while it is unknown. */
  get known(): T {
    if (this.#value === undefined) throw new TypeError(`${this.label}: read before it is known`);
    return this.#value;
  }

  /** An equal value changes nothing, not even which object it is. */
  set(value: T): void {
    if (this.#value !== undefined && this.#isEqual(this.#value, value)) return;
    this.#value = value;
    this.#notify();
  }

  clear(): void {
    if (this.#value === undefined) return;
    this.#value = undefined;
    this.#notify();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
