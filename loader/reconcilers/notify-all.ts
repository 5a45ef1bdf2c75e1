// Changes of the kernel's state, reported to the log and to metrics.
import type { Change } from '../model/change.ts';

export interface ChangeListener {
  /** Of every change, as it is made. */
  readonly onChange: (change: Change) => void;
}

export function notifyAll({ onChange }: ChangeListener, changes: readonly Change[]): void {
  for (const change of changes) onChange(change);
}
