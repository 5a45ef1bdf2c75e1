// Machines are dear to make (seven programs to verify) and cheap to empty: one pool for all cases.
import { Machine } from './machine.ts';

export class Machines {
  readonly #free: Machine[] = [];
  readonly #all: Machine[] = [];

  /** An empty one. */
  take(): Machine {
    const known = this.#free.shift();
    if (known !== undefined) return known;
    const fresh = new Machine(this.#all.length + 1);
    this.#all.push(fresh);
    return fresh;
  }

  giveBack(machine: Machine): void {
    machine.reset();
    this.#free.push(machine);
    this.#free.sort((a, b) => a.number - b.number);
  }

  [Symbol.dispose](): void {
    for (const machine of this.#all) machine[Symbol.dispose]();
  }
}
