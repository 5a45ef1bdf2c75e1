// Notices that another file system has come to the place of the pins (mounted over them, unmounted, mounted again), or that it
// became read-only or writable. Only /proc/self/mountinfo announces that, and it does so for every container: it is looked at.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../programs/failure.ts';
import type { KernelEvent } from './reconciler.ts';

const LOOK_MS = 1_000;

export function watchBpffs(
  pinRoot: string,
  announce: (event: KernelEvent, withinMs: number) => void,
): Disposable {
  let known = standingOf(pinRoot);
  const timer = setInterval(() => {
    const standing = standingOf(pinRoot);
    if (standing === known) return;
    known = standing;
    announce('bpffs', 0);
  }, LOOK_MS).unref();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}

/** Differs from mount to mount. */
function standingOf(path: string): string {
  if (!existsSync(path)) return standingOf(dirname(path));
  try {
    const { dev } = statSync(path);
    accessSync(path, constants.W_OK);
    return String(dev);
  } catch (error) {
    return errorCode(error) ?? 'gone';
  }
}
