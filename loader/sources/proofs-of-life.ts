// Proofs of life of a source's watches: a watch that is silent for longer than its server ever is may have missed changes.
import type { WatchLiveness } from './source.ts';

export interface ProofsOfLifeOptions {
  /** What is watched, as its server names it. */
  readonly names: readonly string[];
  /** As the sentence says it: 'the API server'. */
  readonly server: string;
  /** A server that is well proves its life several times within it. */
  readonly maxSilenceMs: number;
  /** Whole sentences; none: every watch has been confirmed lately. */
  readonly onProblem: (...sentences: readonly string[]) => void;
}

/** Checks within `maxSilenceMs`: watches that fall silent together are reported together. */
const CHECKS = 4;

export class ProofsOfLife implements Disposable {
  readonly #options: ProofsOfLifeOptions;
  /** Of each watch, `performance.now()`. */
  readonly #confirmedAtMs = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #silent: ReadonlySet<string> = new Set();

  constructor(options: ProofsOfLifeOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#check(), options.maxSilenceMs / CHECKS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Everything that had happened at that time has come: what a list, an event, a bookmark or a progress answer proves. */
  confirm(name: string, atMs = performance.now()): void {
    this.#confirmedAtMs.set(name, atMs);
    if (this.#silent.has(name)) this.#check();
  }

  watches(): readonly WatchLiveness[] {
    return this.#options.names.map(name => {
      const confirmedAtMs = this.#confirmedAtMs.get(name);
      return { name, isSilent: this.#isSilent(name), ...(confirmedAtMs !== undefined && { confirmedAtMs }) };
    });
  }

  #check(): void {
    this.#silent = new Set(this.#options.names.filter(name => this.#isSilent(name)));
    this.#options.onProblem(...this.#sentences());
  }

  /** A watch that was never confirmed is not silent: the source has not started, and says what it waits for. */
  #isSilent(name: string): boolean {
    const confirmedAtMs = this.#confirmedAtMs.get(name);
    return confirmedAtMs !== undefined && performance.now() - confirmedAtMs > this.#options.maxSilenceMs;
  }

  #sentences(): readonly string[] {
    const { names, server, maxSilenceMs } = this.#options;
    if (this.#silent.size === 0) return [];
    const what = this.#silent.size === names.length ? '' : ` of ${[...this.#silent].sort().join(', ')}`;
    return [
      `${server} has proven no news${what} for more than ${Math.round(maxSilenceMs / 1_000)} s: what it said before stays active, changes since are unknown here`,
    ];
  }
}
