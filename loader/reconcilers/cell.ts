// A value that one reconciler determines and others need. Unknown differs from empty: dependants wait and delete nothing.

/** The untyped part of a cell, for the runner. */
export interface AnyCell {
  /** Name that `heddlectl status` shows for a reconciler that waits. */
  readonly label: string;
  readonly isKnown: boolean;
  onChange(listener: () => void): void;
  /** Makes the value unknown. */
  clear(): void;
}

export class Cell<T> implements AnyCell {
  readonly label: string;
  readonly #isEqual: (a: T, b: T) => boolean;
  readonly #listeners: (() => void)[] = [];
  #value: T | undefined;
  /** Compared last, and equal to the value: mostly it is set again. */
  #equal: T | undefined;

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

  /** Throws while unknown; safe in reconcilers that list the cell in `needs`. */
  get known(): T {
    if (this.#value === undefined) throw new TypeError(`${this.label}: read before it is known`);
    return this.#value;
  }

  /** An equal value is ignored: the former object stays. */
  set(value: T): void {
    if (this.#value !== undefined && (value === this.#equal || this.#isEqual(this.#value, value))) {
      this.#equal = value;
      return;
    }
    this.#value = this.#equal = value;
    this.#notify();
  }

  clear(): void {
    if (this.#value === undefined) return;
    this.#value = this.#equal = undefined;
    this.#notify();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
