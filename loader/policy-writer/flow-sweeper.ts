// Deletes the flows of an address that was released before it is allocated again: a new pod must not inherit flows.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Addr } from 'ip';
import { synchronizeRcu, synchronizeRcuSync } from 'libbpf-ts';
import { flowAddr, type FlowMaps, deleteFlows } from '../tables/flows.ts';

export interface FlowSweeperOptions {
  /** The current maps; an upgrade replaces them. */
  readonly maps: () => FlowMaps;
  readonly onError: (error: unknown) => void;
}

export class FlowSweeper {
  readonly #options: FlowSweeperOptions;
  /** Released addresses whose flows still exist; the number distinguishes repeated releases of one address. */
  readonly #due = new Map<string, number>();
  #count = 0;
  #isRunning = false;

  constructor(options: FlowSweeperOptions) {
    this.#options = options;
  }

  /** Deletes their flows soon, in one batch. Their hd_endpoint rows are already deleted. */
  forget(addrs: readonly Addr[]): void {
    for (const addr of addrs) this.#due.set(flowAddr(addr), ++this.#count);
    if (!this.#isRunning) void this.#run();
  }

  /** Their flows are deleted when it returns. */
  finish(addrs: readonly Addr[]): void {
    const early = new Set(addrs.map(flowAddr).filter(addr => this.#due.has(addr)));
    if (early.size === 0) return;
    synchronizeRcuSync(); // packets in flight that saw their rows may still create a flow
    this.finishAll(addr => early.has(addr));
    for (const addr of early) this.#due.delete(addr);
  }

  /** Deletes all matching flows at once; returns how many. */
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
      this.#options.onError(error); // they stay due: the next batch or `finish` retries
    } finally {
      this.#isRunning = false;
    }
  }

  async #sweep(): Promise<void> {
    await nextTurn(); // gathers a burst
    const taken = new Map(this.#due);
    await synchronizeRcu();
    const sweep = deleteFlows(this.#options.maps(), addr => taken.has(addr));
    while (sweep.next().done !== true) await nextTurn();
    for (const [addr, count] of taken) if (this.#due.get(addr) === count) this.#due.delete(addr);
  }
}
