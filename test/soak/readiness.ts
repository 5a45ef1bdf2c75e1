// Whether every node of a soak is ready with no problem left, and after how long.
import { setTimeout as sleep } from 'node:timers/promises';
import { patience } from '../../lab/limits.ts';
import type { NodePlan } from '../../lab/plan.ts';
import { askStatus } from '../../loader/api/status-client.ts';

const POLL_MS = 200;

/** Ten times and more of what an idle machine needs. */
export const WHOLE_MS = 60_000;

export interface Readiness {
  /** Since it was asked; undefined: not within the limit. */
  readonly seconds: number | undefined;
  /** For each node that was not so at last, what was found instead. */
  readonly found: readonly string[];
}

export async function untilReady(nodes: readonly NodePlan[], signal: AbortSignal): Promise<Readiness> {
  const from = performance.now();
  const limitMs = WHOLE_MS * patience();
  let found: readonly string[] = [];
  for (;;) {
    signal.throwIfAborted();
    const now = (await Promise.all(nodes.map(unreadiness))).flat();
    const elapsedMs = performance.now() - from;
    if (now.length === 0) return { seconds: elapsedMs / 1_000, found };
    found = now;
    if (elapsedMs > limitMs) return { seconds: undefined, found };
    await sleep(POLL_MS);
  }
}

async function unreadiness(node: NodePlan): Promise<readonly string[]> {
  const status = await askStatus(node.socket);
  if (status === undefined) return [`${node.name}: no daemon answers on its socket`];
  const { ready, problems } = status;
  if (ready && problems.length === 0) return [];
  return [`${node.name}: ${ready ? 'ready' : 'not ready'}; ${problems.join('; ')}`];
}
