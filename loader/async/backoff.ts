// How long to wait before the next try: longer each time, and never the same for two who began together.

export interface BackoffLimits {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Exponential with full jitter: nodes that lost a server together do not come back together. `failures` counts from 0. */
export function backoffMs({ firstMs, mostMs }: BackoffLimits, failures: number): number {
  return Math.random() * Math.min(mostMs, firstMs * 2 ** Math.min(failures, 30));
}

/** The same, counting by itself. */
export class Backoff {
  readonly #limits: BackoffLimits;
  #failures = 0;

  constructor(limits: BackoffLimits) {
    this.#limits = limits;
  }

  /** Milliseconds; each call counts as one more failure. */
  next(): number {
    return backoffMs(this.#limits, this.#failures++);
  }

  reset(): void {
    this.#failures = 0;
  }
}
