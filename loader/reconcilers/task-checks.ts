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

export function guardProblems(reconciler: Reconciler): readonly string[] {
  try {
    return reconciler.guard?.() ?? [];
  } catch (error) {
    return [messageOf(error)];
  }
}
