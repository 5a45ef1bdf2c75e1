// Runs reconcilers: each for its own causes, in topological order of their cells.
//
// All due reconcilers run in one turn of the event loop, in the order of the list: an ADD or DEL runs before or after
// them, never between the setting of a value and its use. Only asynchronous ones continue after the turn.
import { messageOf } from '../errors.ts';
import type { AnyCell } from './cell.ts';
import type { KernelEvent, Reconciler } from './reconciler.ts';
import { statusOf, type ReconcilerStatus } from './reconciler-status.ts';
import { driftOf, guardProblems, Standings } from './task-checks.ts';
import { DEFAULT_TIMING, Task, type Run, type RunnerTiming } from './task.ts';

export interface RunnerOptions {
  /** In topological order: a cell is set by an earlier reconciler than those that need it. */
  readonly reconcilers: readonly Reconciler[];
  readonly timing?: RunnerTiming;
  readonly onStart: (name: string, run: Run) => void;
  /** `error`: absent on success. */
  readonly onEnd: (name: string, seconds: number, error?: unknown) => void;
  /** Problems that began and problems that ended. */
  readonly onProblems: (name: string, begun: readonly string[], ended: readonly string[]) => void;
  /** The status has changed. */
  readonly onChange: () => void;
}

/** Delay that merges causes of a burst into one run. */
const GATHER_MS = 20;
const DRIFT_MS = 1_000;

export class ReconcilerRunner implements AsyncDisposable {
  readonly #options: RunnerOptions;
  readonly #tasks: readonly Task[];
  readonly #running = new Set<Promise<void>>();
  readonly #standings = new Standings();
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Infinity;
  #drift: NodeJS.Timeout | undefined;
  #isStarted = false;
  #isDraining = false;
  #whenReady: (() => void)[] = [];
  readonly #whenRun = new Map<string, () => void>();

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#tasks = options.reconcilers.map(
      reconciler => new Task(reconciler, options.timing ?? DEFAULT_TIMING),
    );
    for (const task of this.#tasks) this.#watch(task);
  }

  /** Makes every reconciler due. */
  start(): void {
    this.#isStarted = true;
    this.requestFull('start', 0);
    this.#drift = setInterval(() => this.#detectDrift(), DRIFT_MS).unref();
  }

  /** Resolves once every reconciler that the start waits for has succeeded. */
  firstSuccess(): Promise<void> {
    if (this.#hasStarted) return Promise.resolve();
    return new Promise(resolve => this.#whenReady.push(resolve));
  }

  /** Resolves once the named reconciler has run, with or without success. */
  firstRun(name: string): Promise<void> {
    const task = this.#tasks.find(({ reconciler }) => reconciler.name === name);
    if (task === undefined || task.hasSucceeded || task.isFailing) return Promise.resolve();
    return new Promise(resolve => this.#whenRun.set(name, resolve));
  }

  /** Failures of reconcilers that pods need, by reconciler, in the order in which they run. */
  get failures(): ReadonlyMap<string, string> {
    const failing = this.#gate.filter(({ isFailing }) => isFailing);
    return new Map(failing.map(({ reconciler, problems }) => [reconciler.name, problems[0] ?? '']));
  }

  /** What keeps a reconciler that pods need from its first success, other than a failure; undefined: nothing. */
  get waiting(): string | undefined {
    const task = this.#gate.find(({ hasSucceeded, isFailing }) => !hasSucceeded && !isFailing);
    if (task === undefined) return undefined;
    const { waitsFor, reconciler } = task;
    return waitsFor === undefined
      ? `${reconciler.name} has not run yet`
      : `${reconciler.name} waits for ${waitsFor}`;
  }

  /** Names of reconcilers that pods need. */
  get needed(): readonly string[] {
    return this.#gate.map(({ reconciler }) => reconciler.name);
  }

  /** Whether one of them writes that subject again and again, in vain. */
  isDiverging(subject: string): boolean {
    return this.#tasks.some(task => task.isDiverging(subject));
  }

  get problems(): readonly string[] {
    return this.#tasks.flatMap(task => task.problems);
  }

  status(nowMs = performance.now()): readonly ReconcilerStatus[] {
    return this.#tasks.map(task => statusOf(task, nowMs));
  }

  announce(event: KernelEvent, withinMs: number): void {
    const isConcerned = ({ announcedBy = [] }: Reconciler): boolean => announcedBy.includes(event);
    const atMs = performance.now() + withinMs;
    for (const task of this.#tasks) if (isConcerned(task.reconciler)) task.requestFull(event, atMs);
    this.#schedule();
  }

  /** Of the named reconciler; without a name, of all. */
  requestFull(cause: string, withinMs: number, name?: string): void {
    const atMs = performance.now() + withinMs;
    for (const task of this.#tasks)
      if (name === undefined || task.reconciler.name === name) task.requestFull(cause, atMs);
    this.#schedule();
  }

  /** Of the named reconciler, if it has problems: what they speak of may just have ended. */
  recheck(name: string, cause: string): void {
    const task = this.#tasks.find(({ reconciler }) => reconciler.name === name);
    if (task !== undefined && task.problems.length > 0) this.requestFull(cause, 0, name);
  }

  /** Waits for running syncs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStarted = false;
    clearTimeout(this.#timer);
    clearInterval(this.#drift);
    await Promise.all(this.#running);
  }

  get #gate(): readonly Task[] {
    return this.#tasks.filter(({ reconciler }) => reconciler.isNeededByPods);
  }

  get #hasStarted(): boolean {
    return this.#gate.every(task => task.hasSucceeded || task.reconciler.isAfterStart === true);
  }

  #watch(task: Task): void {
    const { needs, watches = [] } = task.reconciler;
    const request = (cell: AnyCell): void => {
      task.requestForInput(cell.label, performance.now() + (this.#isDraining ? 0 : GATHER_MS));
      this.#schedule();
    };
    for (const cell of [...needs, ...watches]) cell.onChange(() => request(cell));
  }

  #schedule(): void {
    if (!this.#isStarted || this.#isDraining) return;
    const atMs = Math.min(...this.#tasks.map(task => task.dueAtMs));
    if (atMs >= this.#timerAtMs) return; // set anew by each request, it would never fire under many of them
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(() => this.#runDue(), Math.max(Math.ceil(atMs - performance.now()), 0));
  }

  #runDue(): void {
    this.#timerAtMs = Infinity;
    this.#isDraining = true;
    try {
      for (const task of this.#tasks) if (task.dueAtMs <= performance.now()) this.#runOrSuspend(task);
    } finally {
      this.#isDraining = false;
    }
    this.#schedule();
  }

  #runOrSuspend(task: Task): void {
    if (task.waitsFor !== undefined) {
      task.suspend();
      this.#guard(task);
      this.#options.onChange();
      return;
    }
    const run = task.begin(performance.now());
    this.#options.onStart(task.reconciler.name, run);
    try {
      const outcome = task.reconciler.sync(run.mode);
      if (outcome instanceof Promise) this.#follow(task, run, outcome);
      else this.#succeed(task, run, outcome);
    } catch (error) {
      this.#fail(task, run, error);
    }
  }

  #follow(task: Task, run: Run, outcome: Promise<readonly string[]>): void {
    const ended = outcome
      .then(
        problems => this.#succeed(task, run, problems),
        (error: unknown) => this.#fail(task, run, error),
      )
      .finally(() => {
        this.#running.delete(ended);
        this.#schedule();
      });
    this.#running.add(ended);
  }

  #succeed(task: Task, run: Run, problems: readonly string[]): void {
    this.#end(task, run, () => task.succeed(problems, performance.now()));
    if (!this.#hasStarted) return;
    const waiting = this.#whenReady;
    this.#whenReady = [];
    for (const resolve of waiting) resolve();
  }

  #fail(task: Task, run: Run, error: unknown): void {
    this.#end(task, run, () => task.fail(messageOf(error), performance.now()), error);
    this.#standings.note(task);
  }

  #end(task: Task, run: Run, note: () => void, error?: unknown): void {
    const { onEnd, onChange } = this.#options;
    const before = task.problems;
    note();
    const seconds = (performance.now() - run.startedAtMs) / 1_000;
    if (error === undefined) onEnd(task.reconciler.name, seconds);
    else onEnd(task.reconciler.name, seconds, error);
    this.#compareProblems(task, before);
    this.#whenRun.get(task.reconciler.name)?.();
    onChange();
  }

  /** True if problems have begun or ended. */
  #compareProblems({ reconciler, problems }: Task, before: readonly string[]): boolean {
    const begun = problems.filter(sentence => !before.includes(sentence));
    const ended = before.filter(sentence => !problems.includes(sentence));
    if (begun.length + ended.length === 0) return false;
    this.#options.onProblems(reconciler.name, begun, ended);
    return true;
  }

  #guard(task: Task): void {
    if (task.waitsFor === undefined || task.reconciler.guard === undefined) return;
    const before = task.problems;
    task.wait(guardProblems(task.reconciler));
    if (this.#compareProblems(task, before)) this.#options.onChange();
  }

  #detectDrift(): void {
    for (const task of this.#tasks) {
      this.#guard(task);
      const [first] = [...driftOf(task), ...this.#standings.changesOf(task)];
      if (first !== undefined) task.requestFull(`drift: ${first}`, performance.now());
    }
    this.#schedule();
  }
}
