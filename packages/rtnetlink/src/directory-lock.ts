// An exclusive lock on a directory (flock(2)): the kernel ends it with the process that holds it.
import { closeSync, constants, openSync } from 'node:fs';
import { check, isRtnetlinkError } from './errors.ts';
import { native } from './native.ts';

/**
 * Undefined when another process, or another call, holds it. A process that may open the directory may lock it: in one
 * that all may open, the lock protects nothing.
 */
export function lockDirectory(path: string): Disposable | undefined {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    check(native().lockFile(fd), 'lock', path);
  } catch (error) {
    closeSync(fd);
    if (isRtnetlinkError(error, 'EAGAIN')) return undefined;
    throw error;
  }
  let isHeld = true;
  return {
    [Symbol.dispose]() {
      if (isHeld) closeSync(fd);
      isHeld = false;
    },
  };
}
