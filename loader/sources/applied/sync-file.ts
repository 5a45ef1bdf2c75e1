// What must survive a power cut.
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** A file's or folder's content is on the disk when it returns. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
