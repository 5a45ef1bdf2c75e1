// Benches of tables that want the same of a program, loaded once: the verifier takes longer than most tables' rows.
import { openBench, type Bench } from './bench.ts';
import type { Table } from './table.ts';

export class Benches implements Disposable {
  readonly #open = new Map<string, Bench>();

  /** Filling it is the caller's part: it has what the last table left. */
  for({ hook, constants, tiny }: Table): Bench {
    const key = JSON.stringify([hook, constants, tiny]);
    const bench = this.#open.get(key) ?? openBench(hook, constants, tiny);
    this.#open.set(key, bench);
    return bench;
  }

  [Symbol.dispose](): void {
    for (const bench of this.#open.values()) bench[Symbol.dispose]();
  }
}
