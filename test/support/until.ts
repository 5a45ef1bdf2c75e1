// Waits for what comes true by itself, sooner or later.
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { patience } from '../../lab/limits.ts';

const POLL_MS = 25;
const MAX_POLL_MS = 1_000;
/** Costs nothing where things work; a machine with a load of 60 needs some of it. */
const WITHIN_MS = 60_000;

/** Whether it came true in time; what throws is not so yet. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = WITHIN_MS): Promise<boolean> {
  const deadline = Date.now() + withinMs * patience();
  const isNow = async (): Promise<boolean> => {
    try {
      return await isSo();
    } catch {
      return false;
    }
  };
  while (Date.now() < deadline) {
    const lookedAt = performance.now();
    if (await isNow()) return true;
    const tookMs = performance.now() - lookedAt; // a look may be a process of its own
    await sleep(Math.min(Math.max(POLL_MS, tookMs), MAX_POLL_MS));
  }
  return isNow();
}

/** Looks until it sees what is expected; what it saw last. */
export async function eventually<T>(look: () => T | Promise<T>, expected: NoInfer<T>): Promise<T> {
  let seen = await look();
  await until(async () => isDeepStrictEqual((seen = await look()), expected));
  return seen;
}
