// What every reconciler is: a part of the node that is kept right by itself.
import type { SyncMode } from '../tables/sync-mode.ts';
import type { AnyCell } from './cell.ts';

/** What the kernel announces by netlink. */
export type KernelEvent = 'link' | 'address' | 'route' | 'neighbour' | 'nftables';

export interface Reconciler {
  /** As status, metrics and the log name it. */
  readonly name: string;
  /** `sync` does not run while one of them is unknown: what is in the kernel stays. A change is a cause to sync. */
  readonly needs: readonly AnyCell[];
  /** A change of these is a cause to sync, too; they may be unknown. */
  readonly watches?: readonly AnyCell[];
  readonly announcedBy?: readonly KernelEvent[];
  /** Whether a pod that is added now would lack something without it: ADD waits for its first success. */
  readonly isNeededByPods: boolean;
  /** Between the starts of two runs, milliseconds. */
  readonly minIntervalMs?: number;
  /**
   * Makes its part right, and answers a sentence for each thing of it that could not be; the others are. Throws when
   * nothing can be said of what was done: it is run again, later and later. Without a promise it is done in one turn of
   * the event loop; with one, it reads what is desired again before each write.
   */
  sync(mode: SyncMode): readonly string[] | Promise<readonly string[]>;
  /** What is not as `sync` left it and was announced by nothing, a few words each; asked every second. */
  detectDrift?(): readonly string[];
}
