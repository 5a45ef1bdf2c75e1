// What a task finds out between its runs: drift of what it wrote, and what nothing guards while it waits.
import { messageOf } from '../errors.ts';
import type { Reconciler } from './reconciler.ts';
import type { Task } from './task.ts';

/** Not before the first success. */
export function driftOf({ reconciler, hasSucceeded, isFailing, waitsFor }: Task): readonly string[] {
  if (!hasSucceeded || isFailing || waitsFor !== undefined) return [];
  try {
    return reconciler.detectDrift?.() ?? [];
  } catch (error) {
    return [messageOf(error)]; // the sync that follows reports it as a problem
  }
}

/**
 * What the drift of failing tasks looked like. Another answer than the last: what a task failed for may be gone, so it need not
 * wait for its backoff.
 */
export class Standings {
  readonly #seen = new Map<Task, string | undefined>();

  note(task: Task): void {
    this.#seen.set(task, standingOf(task));
  }

  /** A description once for each change of a task that fails. */
  changesOf(task: Task): readonly string[] {
    if (!task.isFailing || task.reconciler.detectDrift === undefined) return [];
    const before = this.#seen.get(task);
    this.note(task);
    return this.#seen.get(task) === before ? [] : ['what it failed for'];
  }
}

function standingOf({ reconciler, waitsFor }: Task): string | undefined {
  if (waitsFor !== undefined) return undefined;
  try {
    return reconciler.detectDrift?.().join('; ');
  } catch (error) {
    return messageOf(error);
  }
}

export function guardProblems(reconciler: Reconciler): readonly string[] {
  try {
    return reconciler.guard?.() ?? [];
  } catch (error) {
    return [messageOf(error)];
  }
}
