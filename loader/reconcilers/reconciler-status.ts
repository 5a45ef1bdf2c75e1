// The status of one reconciler, as `heddlectl status` and the metrics show it.
import type { Task } from './task.ts';

export interface ReconcilerStatus {
  readonly name: string;
  readonly state: 'ok' | 'failing' | 'waiting' | 'starting';
  /** Label of the unknown cell that it waits for. */
  readonly waitsFor?: string;
  /** One sentence each: the failure, and objects that could not be reconciled. */
  readonly problems: readonly string[];
  /** Failed runs since the daemon started. */
  readonly failures: number;
  /** Seconds since the last success; absent: none yet. */
  readonly lastSuccessAgeSeconds?: number;
}

export function statusOf(task: Task, nowMs: number): ReconcilerStatus {
  const { reconciler, waitsFor, problems, failures, lastSuccessMs } = task;
  const state = task.isFailing
    ? 'failing'
    : waitsFor !== undefined
      ? 'waiting'
      : task.hasSucceeded
        ? 'ok'
        : 'starting';
  return {
    ...{ name: reconciler.name, state, problems, failures },
    ...(waitsFor !== undefined && { waitsFor }),
    ...(lastSuccessMs !== undefined && { lastSuccessAgeSeconds: (nowMs - lastSuccessMs) / 1_000 }),
  };
}
