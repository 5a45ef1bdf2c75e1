// Does what fails for a while, as operators and kubelets do.
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 120_000;
const RETRY_MS = 300;

/** Until it succeeds; rejects after two minutes, with the last failure as its cause. */
export async function insist<T>(what: string, action: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;)
    try {
      return await action();
    } catch (error) {
      if (performance.now() > deadline)
        throw new Error(`${what} does not succeed within ${PATIENCE_MS / 1_000} s`, { cause: error });
      await sleep(RETRY_MS);
    }
}
