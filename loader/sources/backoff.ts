// How long to wait before the next try: longer each time, and never the same for two who began together.

export interface BackoffLimits {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Exponential with full jitter: after hours, a whole cluster does not come back at one moment. */
export class Backoff {
  readonly #limits: BackoffLimits;
  #failures = 0;

  constructor(limits: BackoffLimits) {
    this.#limits = limits;
  }

  /** Milliseconds; each call counts as one more failure. */
  next(): number {
    const { firstMs, mostMs } = this.#limits;
    const ceiling = Math.min(firstMs * 2 ** this.#failures, mostMs);
    this.#failures += 1;
    return ceiling / 2 + Math.random() * (ceiling / 2);
  }

  reset(): void {
    this.#failures = 0;
  }
}
