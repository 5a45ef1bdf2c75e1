// Finds a reconciler that differs right after it wrote: something undoes its writes, or they are not read back as they were
// written.
import type { Change } from '../model/change.ts';

/** The outcome of one run, as far as convergence depends on it. */
export interface WrittenRun {
  readonly changes: readonly Change[];
  /** What it writes may be another than in the last run, so a change is no sign of anything. */
  readonly hasNewInput: boolean;
}

/** Writes of one subject in a row, each found undone by the next run. */
const MAX_WRITES = 3;
/** From here on the next comparison comes soon, since nothing else may cause one. */
const SUSPICIOUS_WRITES = 2;

export class Convergence {
  /** Writes in a row, and the first of them, by subject. */
  #writes: ReadonlyMap<string, { readonly count: number; readonly action: string }> = new Map();
  #problem: string | undefined;

  /** A sentence; undefined: it converges. Constant while it lasts. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get isSuspicious(): boolean {
    return this.#highest >= SUSPICIOUS_WRITES;
  }

  /** Writes beyond those that are tolerated, from 0. */
  get excess(): number {
    return Math.max(this.#highest - MAX_WRITES - 1, 0);
  }

  isDiverging(subject: string): boolean {
    return (this.#writes.get(subject)?.count ?? 0) > MAX_WRITES;
  }

  /** Notes a run that compared everything. */
  note({ changes, hasNewInput }: WrittenRun): void {
    const before = this.#diverging;
    const actions = new Map(changes.map(({ subject, action }) => [subject, action]));
    this.#writes = new Map(
      [...actions].map(([subject, action]) => {
        const { count, action: first } = this.#writes.get(subject) ?? { count: 0, action };
        return [subject, { count: hasNewInput ? Math.max(count, 1) : count + 1, action: first }];
      }),
    );
    const now = this.#diverging;
    if (now.join() !== before.join()) this.#problem = now.length === 0 ? undefined : this.#describe(now);
  }

  get #highest(): number {
    return Math.max(0, ...[...this.#writes.values()].map(({ count }) => count));
  }

  get #diverging(): string[] {
    return [...this.#writes.keys()].filter(subject => this.isDiverging(subject)).sort();
  }

  #describe(subjects: readonly string[]): string {
    const what = subjects
      .map(subject => `${subject} (${this.#writes.get(subject)?.action ?? ''})`)
      .join(', ');
    return (
      `${what}: differs again each time that it was written, so something undoes it or it cannot be read back; ` +
      `look for what else changes it; it is tried again every half minute`
    );
  }
}
