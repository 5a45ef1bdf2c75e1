// Waiting until no program can still be using what it read from a map before.
import { check } from './errors.ts';
import { native } from './native.ts';

const OPERATION = 'wait for';
const SUBJECT = 'an RCU grace period';

/**
 * Resolves when every program that was running, on any CPU, has ended: none of them still uses what has been replaced
 * or deleted before the call. Takes some milliseconds, on a thread of libuv's pool. Sleepable programs are not waited
 * for. Rejects with EINVAL on a kernel that runs with nohz_full.
 */
export async function synchronizeRcu(): Promise<void> {
  const result = await new Promise<number>(resolve => {
    check(native().synchronizeRcuLater(resolve), OPERATION, SUBJECT);
  });
  check(result, OPERATION, SUBJECT);
}

/** The same, and the event loop waits as well. */
export function synchronizeRcuSync(): void {
  check(native().synchronizeRcu(), OPERATION, SUBJECT);
}
