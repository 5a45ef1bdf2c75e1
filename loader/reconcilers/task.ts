// The runner's state of one reconciler: causes, due time, result of the last run.
import { backoffMs, type BackoffLimits } from '../async/backoff.ts';
import type { Reconciler } from './reconciler.ts';
import type { SyncMode } from '../tables/sync-mode.ts';
import { Convergence } from './convergence.ts';

export interface RunnerTiming {
  /** Interval of full syncs. */
  readonly fullIntervalMs: number;
  /** Backoff after a failure. */
  readonly retry: BackoffLimits;
  /** Minimum delay of a cause while it is failing: its own changes cause notifications, too. */
  readonly failingPauseMs: number;
}

export const DEFAULT_TIMING: RunnerTiming = {
  fullIntervalMs: 30_000,
  retry: { firstMs: 2_000, maxMs: 30_000 },
  failingPauseMs: 500,
};

export interface Run {
  readonly mode: SyncMode;
  readonly causes: readonly string[];
  readonly startedAtMs: number;
  /** A cell that it needs or watches has changed. */
  readonly hasNewInput: boolean;
}

/** Delay of a comparison that is to confirm a write. */
const CONFIRM_MS = 1_000;

export class Task {
  readonly reconciler: Reconciler;
  readonly #timing: RunnerTiming;
  readonly #causes = new Set<string>();
  #dueAtMs = Infinity;
  /** Jittered, so that not all reconcilers of a node run full syncs at once. */
  #fullAtMs = Infinity;
  #isFullDue = false;
  #hasNewInput = false;
  #divergingPauseMs = 0;
  readonly #convergence = new Convergence();
  #run: Run | undefined;
  #lastStartMs = -Infinity;
  #failuresInRow = 0;
  #failures = 0;
  #failure: string | undefined;
  #problems: readonly string[] = [];
  #lastSuccessMs: number | undefined;

  constructor(reconciler: Reconciler, timing: RunnerTiming) {
    this.reconciler = reconciler;
    this.#timing = timing;
  }

  /** Monotonic, milliseconds; Infinity: no cause. */
  get dueAtMs(): number {
    if (this.#run !== undefined) return Infinity;
    const earliestMs = this.#lastStartMs + Math.max(this.reconciler.minIntervalMs ?? 0, this.#pauseMs);
    return Math.max(Math.min(this.#dueAtMs, this.#fullAtMs), earliestMs);
  }

  get hasSucceeded(): boolean {
    return this.#lastSuccessMs !== undefined;
  }

  get isFailing(): boolean {
    return this.#failure !== undefined;
  }

  /** Failed runs since the start. */
  get failures(): number {
    return this.#failures;
  }

  /** Monotonic, milliseconds; undefined: never. */
  get lastSuccessMs(): number | undefined {
    return this.#lastSuccessMs;
  }

  /** The failure of the last run, what does not converge, then objects that could not be reconciled; one sentence each. */
  get problems(): readonly string[] {
    const first = [this.#failure, this.#convergence.problem].filter(one => one !== undefined);
    return first.length === 0 ? this.#problems : [...first, ...this.#problems];
  }

  /** Whether its writes of that subject are undone again and again. */
  isDiverging(subject: string): boolean {
    return this.#convergence.isDiverging(subject);
  }

  /** Label of the first unknown cell in `needs`. */
  get waitsFor(): string | undefined {
    return this.reconciler.needs.find(cell => !cell.isKnown)?.label;
  }

  request(cause: string, atMs: number): void {
    this.#causes.add(cause);
    this.#dueAtMs = Math.min(this.#dueAtMs, atMs);
  }

  /** The cause is a cell. */
  requestForInput(label: string, atMs: number): void {
    this.#hasNewInput = true;
    this.request(label, atMs);
  }

  /** Makes the next run a full one. */
  requestFull(cause: string, atMs: number): void {
    this.request(cause, atMs);
    this.#isFullDue = true;
  }

  begin(nowMs: number): Run {
    const isFull = this.#isFullDue || this.#fullAtMs <= nowMs || this.isFailing;
    const causes = this.#causes.size > 0 ? [...this.#causes] : ['interval'];
    this.#causes.clear();
    this.#dueAtMs = Infinity;
    this.#isFullDue = false;
    this.#lastStartMs = nowMs;
    const hasNewInput = this.#hasNewInput;
    this.#hasNewInput = false;
    this.#run = { mode: isFull ? 'full' : 'incremental', causes, startedAtMs: nowMs, hasNewInput };
    return this.#run;
  }

  succeed(problems: readonly string[], nowMs: number): void {
    const share = this.hasSucceeded ? 1 : 0.5 + Math.random() / 2;
    if (this.#run?.mode === 'full') this.#fullAtMs = nowMs + this.#timing.fullIntervalMs * share;
    this.#noteChanges(nowMs);
    this.#run = undefined;
    this.#failuresInRow = 0;
    this.#failure = undefined;
    this.#problems = problems;
    this.#lastSuccessMs = nowMs;
  }

  /** Keeps the causes for the next run. */
  fail(sentence: string, nowMs: number): void {
    for (const cause of this.#run?.causes ?? []) this.#causes.add(cause);
    this.#hasNewInput ||= this.#run?.hasNewInput === true;
    this.reconciler.drainChanges?.();
    this.#run = undefined;
    this.#failure = sentence;
    this.#failures++;
    const { failingPauseMs, retry } = this.#timing;
    this.#dueAtMs = nowMs + failingPauseMs + backoffMs(retry, this.#failuresInRow++);
    this.#fullAtMs = Infinity; // the run after a failure is full
  }

  /** Not due until the cell that it waits for is set, which is a cause. */
  suspend(): void {
    this.#dueAtMs = Infinity;
    this.#fullAtMs = Infinity;
    this.#isFullDue = true;
  }

  /** Problems that were found while it waits. */
  wait(problems: readonly string[]): void {
    this.#problems = problems;
  }

  /** New input does not wait for what undoes the writes. */
  get #pauseMs(): number {
    if (this.isFailing) return this.#timing.failingPauseMs;
    return this.#convergence.problem === undefined || this.#hasNewInput ? 0 : this.#divergingPauseMs;
  }

  #noteChanges(nowMs: number): void {
    const run = this.#run;
    const changes = this.reconciler.drainChanges?.() ?? [];
    if (run === undefined || (run.mode === 'incremental' && changes.length === 0)) return;
    this.#convergence.note({ changes, hasNewInput: run.hasNewInput });
    if (this.#convergence.problem !== undefined) {
      this.#divergingPauseMs = backoffMs(this.#timing.retry, this.#convergence.excess);
      this.requestFull('not converging', nowMs + this.#divergingPauseMs);
    } else if (this.#convergence.isSuspicious) this.requestFull('confirm', nowMs + CONFIRM_MS);
  }
}
