// Exponential backoff with full jitter.

export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Delay before the next attempt. Full jitter: nodes that lost a server at the same time do not reconnect at the same time. `failures` counts from 0. */
export function backoffMs({ firstMs, maxMs }: BackoffLimits, failures: number): number {
  return Math.random() * Math.min(maxMs, firstMs * 2 ** Math.min(failures, 30));
}

/** Counts the failures itself. */
export class Backoff {
  readonly #limits: BackoffLimits;
  #failures = 0;

  constructor(limits: BackoffLimits) {
    this.#limits = limits;
  }

  /** Delay in milliseconds; each call counts one more failure. */
  next(): number {
    return backoffMs(this.#limits, this.#failures++);
  }

  reset(): void {
    this.#failures = 0;
  }
}
