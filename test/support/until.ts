// Waits for what comes true by itself, sooner or later.
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/** Whether it came true in time; what throws is not so yet. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  const isNow = async (): Promise<boolean> => {
    try {
      return await isSo();
    } catch {
      return false;
    }
  };
  while (Date.now() < deadline) {
    if (await isNow()) return true;
    await sleep(POLL_MS);
  }
  return isNow();
}
