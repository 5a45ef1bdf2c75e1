// Which reconcilers ran in a lab's daemon, and why: it says so in its log at level debug.
import { readFileSync } from 'node:fs';

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
