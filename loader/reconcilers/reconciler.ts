// What every reconciler is: a part of the node that is kept right by itself.
import type { SyncMode } from '../tables/sync-mode.ts';
import type { Change } from '../model/change.ts';
import type { AnyCell } from './cell.ts';

/**
 * What the kernel announces by netlink; 'bpffs': another file system is at the place of the pins. 'route' and 'neighbour': those of the uplink; 'pod-route' and 'pod-neighbour': those
 * by which this node reaches pods; 'nftables-own': the table that masquerades; 'nftables-forward': chains that forwarded packets pass.
 */
export type KernelEvent =
  | 'link'
  | 'address'
  | 'route'
  | 'pod-route'
  | 'neighbour'
  | 'pod-neighbour'
  | 'nftables-own'
  | 'nftables-forward'
  | 'bpffs';

export interface Reconciler {
  /** Name in status, metrics and log. */
  readonly name: string;
  /** `sync` does not run while one of them is unknown, so the kernel's state stays. A change causes a sync. */
  readonly needs: readonly AnyCell[];
  /** A change of these also causes a sync; they may be unknown. */
  readonly watches?: readonly AnyCell[];
  readonly announcedBy?: readonly KernelEvent[];
  /** Without it a new pod's network would be incomplete: the node is ready only while it succeeds, and the start waits for it. */
  readonly isNeededByPods: boolean;
  /** The start does not wait for it, since ADD and DEL work without it; the node is not ready before it has succeeded. */
  readonly isAfterStart?: true;
  /** Minimum interval between the starts of two runs, milliseconds. */
  readonly minIntervalMs?: number;
  /**
   * Reconciles its part and returns one sentence for each object that failed; the others are reconciled. Throws if the
   * whole run failed: the runner retries with backoff. A synchronous sync completes in one turn of the event loop. An
   * asynchronous one must read the desired state again before each write.
   */
  sync(mode: SyncMode): readonly string[] | Promise<readonly string[]>;
  /**
   * While `sync` waits for an unknown value: takes out of service what nothing guards, once a second. Returns problems.
   */
  guard?(): readonly string[];
  /** Changes that it has made since the last call: `recorded` adds this. */
  drainChanges?(): readonly Change[];
  /**
   * Differences from what `sync` wrote that cause no notification, a short description each. Called every second. After a failed
   * run another answer than before is a cause, too: the run need not wait for its backoff.
   */
  detectDrift?(): readonly string[];
}
