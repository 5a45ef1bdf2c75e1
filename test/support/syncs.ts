// Which reconcilers ran in a lab's daemon, and why: it says so in its log at level debug.
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './until.ts';

/** Longer than any event waits for others. */
const QUIET_MS = 2_000;

export interface Sync {
  readonly reconciler: string;
  readonly causes: readonly string[];
}

/** Of a node's log, from that byte on. */
export function syncsSince({ logFile }: { readonly logFile: string }, offset: number): readonly Sync[] {
  const lines = readFileSync(logFile).subarray(offset).toString().trimEnd().split('\n');
  return lines
    .map(line => JSON.parse(line || '{}') as Partial<Sync>)
    .flatMap(({ reconciler, causes }) => (reconciler && causes ? [{ reconciler, causes }] : []));
}

/** True once nothing but what comes by the clock has run for two seconds: what followed from earlier changes is over. */
export function untilSettled(node: { readonly logFile: string }): Promise<boolean> {
  return until(async () => {
    const { size } = statSync(node.logFile);
    await sleep(QUIET_MS);
    return syncsSince(node, size).every(({ causes }) => causes.every(cause => cause === 'interval'));
  });
}
