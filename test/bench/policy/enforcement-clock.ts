// Passes changes to a policy writer, one by one, and measures the time until the programs apply each.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PolicyInput } from '../../../loader/policy/compiled.ts';
import { openPolicyNode, type PolicyNode } from '../../support/bpf/policy-node.ts';

const SETTLE_MS = 1_000;

export class EnforcementClock {
  readonly #node: PolicyNode;
  #onFlip: () => void = () => undefined;
  #onSettled: () => void = () => undefined;

  constructor(input: PolicyInput) {
    this.#node = openPolicyNode(input, {
      onStep: step => {
        if (step === 'bank switched') this.#onFlip();
        if (step === 'unused rows deleted') this.#onSettled();
      },
    });
  }

  /** After what opening has begun: a change that meets another waits for it. */
  async ready(): Promise<void> {
    await sleep(SETTLE_MS);
  }

  /** Milliseconds; `change` is part of it, what comes after the flip is not, but is waited for. */
  async enforce(change: () => PolicyInput): Promise<number> {
    const settled = new Promise<void>(resolve => (this.#onSettled = resolve));
    let flippedAt = Number.NaN;
    this.#onFlip = () => (flippedAt = performance.now());
    const start = performance.now();
    this.#node.writer.update(change());
    if (Number.isNaN(flippedAt)) throw new Error('the change has changed nothing in the kernel');
    await settled;
    return flippedAt - start;
  }

  [Symbol.dispose](): void {
    this.#node[Symbol.dispose]();
  }
}
