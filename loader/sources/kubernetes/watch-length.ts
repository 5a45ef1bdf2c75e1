// How long the next watch may last. The end of a watch, by the server, proves that nothing is missing, as a bookmark does: after
// an outage the first one is short. One that said nothing for long is made shorter, too: what is between us and the server may
// keep what it sends until the end (a proxy that buffers), or cut what is idle before the first bookmark.
import type { Timing } from './timing.ts';

/** Bookmarks come every minute: a silence of half of it is not yet the server's. */
const IDLE_SHARE = 0.2;
/** Of `quietMs`, how long a watch lasts that is to prove what is not proven for so long. */
const PROOF_SHARE = 1 / 30;

export class WatchLength {
  readonly #timing: Pick<Timing, 'watchSeconds' | 'quietMs' | 'steadyMs'>;
  #maxSeconds = Infinity;
  #firstMs: number | undefined;
  #lastMs = 0;
  /** When it was last proven that nothing is missing. */
  #provenMs = 0;

  constructor(timing: Pick<Timing, 'watchSeconds' | 'quietMs' | 'steadyMs'>) {
    this.#timing = timing;
  }

  /** A watch begins; for how many seconds at most. */
  begin(): number {
    const {
      watchSeconds: [least, most],
      quietMs,
    } = this.#timing;
    this.#firstMs = undefined;
    this.#lastMs = performance.now();
    const isUnproven = this.#lastMs - this.#provenMs >= quietMs;
    const maxSeconds = isUnproven ? wholeSeconds(quietMs * PROOF_SHARE) : this.#maxSeconds;
    return Math.min(Math.ceil(least + Math.random() * (most - least)), maxSeconds);
  }

  /** By a list, a line, or the end of a watch. */
  prove(): void {
    this.#provenMs = performance.now();
  }

  /** The server has said something. */
  hear(): void {
    this.#lastMs = performance.now();
    this.#firstMs ??= this.#lastMs;
  }

  /** `isWhole`: by the server, after its time. A word that came before the end came through by itself. */
  end(isWhole: boolean): void {
    const { quietMs, steadyMs } = this.#timing;
    const silentMs = performance.now() - this.#lastMs;
    if (!isWhole && silentMs >= quietMs * IDLE_SHARE) this.#maxSeconds = wholeSeconds(silentMs / 2);
    else if (performance.now() - (this.#firstMs ?? Infinity) >= steadyMs / 2) this.#maxSeconds = Infinity;
  }
}

/** 0 would be no limit at all. */
function wholeSeconds(ms: number): number {
  return Math.max(1, Math.floor(ms / 1_000));
}
