// How long the Kubernetes source waits for what; tests are in a greater hurry.
import { backoffMs } from '../../async/backoff.ts';
import { GRACE } from '../vanished-nodes.ts';

export interface Timing {
  /** How long changes are gathered before the listener is notified. */
  readonly gatherMs: number;
  /** Upper bound of the first pause after a failure; it doubles with each further one, up to `backoffMostMs`. */
  readonly backoffMs: number;
  readonly backoffMostMs: number;
  /** Time limit for an answer; a watch may be silent for longer. */
  readonly answerMs: number;
  /** How long a watch may last, at random between these: servers that come back are not asked by all at once. */
  readonly watchSeconds: readonly [least: number, most: number];
  /** A watch that has said something, or has lasted so long, works. */
  readonly steadyMs: number;
  /** A watch that says nothing for so long is made anew: bookmarks come every minute. */
  readonly quietMs: number;
  /** A watch that nothing has confirmed for so long is silent. */
  readonly silentMs: number;
  /** How long until a kind that the server does not know is looked for again, and until it counts as gone. */
  readonly absentMs: number;
  /** A refusal that lasts so long is a problem; a server that is just starting refuses what it will admit. */
  readonly patienceMs: number;
  /** How long what is known of Nodes stays after their objects have gone: of this node, and of others. */
  readonly grace: { readonly ownMs: number; readonly othersMs: number };
  /** Interval of comparing the own Node with its desired state, independent of notifications. */
  readonly recheckMs: number;
  /** How long this node is not ready before its Node object says so. */
  readonly unreadyMs: number;
  /** Events are sent at random within this time: every node has the same to say. */
  readonly eventSpreadMs: number;
  /** The server keeps an Event for so long (kube-apiserver --event-ttl). */
  readonly eventTtlMs: number;
  /** Objects in a page of a list. */
  readonly pageSize: number;
}

export const defaultTiming: Timing = {
  gatherMs: 20,
  backoffMs: 500,
  backoffMostMs: 30_000,
  answerMs: 30_000,
  watchSeconds: [300, 600],
  steadyMs: 2_000,
  quietMs: 150_000,
  silentMs: 300_000,
  absentMs: 180_000,
  patienceMs: 10_000,
  grace: GRACE,
  recheckMs: 1_000,
  unreadyMs: 10_000,
  eventSpreadMs: 10_000,
  eventTtlMs: 3_600_000,
  pageSize: 500,
};

/** `failures` counts from 0. */
export function retryMs({ backoffMs: firstMs, backoffMostMs: mostMs }: Timing, failures: number): number {
  return backoffMs({ firstMs, maxMs: mostMs }, failures);
}
