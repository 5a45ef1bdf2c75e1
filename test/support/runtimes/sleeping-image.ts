// An image for sandboxes: Debian's static busybox, asleep.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeImageArchive } from './image-archive.ts';

export const SLEEPING_IMAGE = 'localhost/heddle/asleep:1';
/** Longer than any test. */
const SLEEP_SECONDS = '86400';

/** Writes the archive below `directory`; its path. */
export function writeSleepingImage(directory: string): string {
  const root = join(directory, 'asleep-root');
  for (const folder of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp'])
    mkdirSync(join(root, folder), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  const entrypoint = ['/bin/busybox', 'sleep', SLEEP_SECONDS];
  return writeImageArchive(directory, { name: SLEEPING_IMAGE, root, entrypoint });
}
