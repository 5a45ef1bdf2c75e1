// Nobody inherits a flow: those of an address that was taken away are gone before the address is given again.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { synchronizeRcu, synchronizeRcuSync } from 'libbpf-ts';
import { flowAddr, deleteFlows, type FlowMaps } from '../tables/flows.ts';
import type { Addr } from '../model/addr.ts';

export interface FlowSweeperOptions {
  /** As they are now; they may be others later. */
  readonly maps: () => FlowMaps;
  readonly onError: (error: unknown) => void;
}

export class FlowSweeper {
  readonly #options: FlowSweeperOptions;
  /** Taken away, their flows still there; the number tells one taking from the next of the same address. */
  readonly #due = new Map<string, number>();
  #count = 0;
  #isRunning = false;

  constructor(options: FlowSweeperOptions) {
    this.#options = options;
  }

  /** Soon, and for many addresses at once. Their rows are gone already. */
  forget(addrs: readonly Addr[]): void {
    for (const addr of addrs) this.#due.set(flowAddr(addr), ++this.#count);
    if (!this.#isRunning) void this.#run();
  }

  /** Their flows are gone when it returns: at once, if that has not happened yet. */
  finish(addrs: readonly Addr[]): void {
    const early = new Set(addrs.map(flowAddr).filter(addr => this.#due.has(addr)));
    if (early.size === 0) return;
    synchronizeRcuSync(); // no packet that has met their rows may still enter a flow
    this.finishAll(addr => early.has(addr));
    for (const addr of early) this.#due.delete(addr);
  }

  /** At once, of all that are such; how many flows. */
  finishAll(isForgotten: (flowAddr: string) => boolean): number {
    const sweep = deleteFlows(this.#options.maps(), isForgotten);
    for (;;) {
      const step = sweep.next();
      if (step.done === true) return step.value;
    }
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (this.#due.size > 0) await this.#sweep();
    } catch (error) {
      this.#options.onError(error); // they stay due: the next one tries again, or `finish`
    } finally {
      this.#isRunning = false;
    }
  }

  async #sweep(): Promise<void> {
    await nextTurn(); // the others of a burst
    const taken = new Map(this.#due);
    await synchronizeRcu();
    const sweep = deleteFlows(this.#options.maps(), addr => taken.has(addr));
    while (sweep.next().done !== true) await nextTurn();
    for (const [addr, count] of taken) if (this.#due.get(addr) === count) this.#due.delete(addr);
  }
}
