// The text of one file of a directory: a regular file of bounded size, or the reason why there is none.
import { lstat, readFile, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';

/** More than ten of the largest objects that an API server takes; the event loop parses it at a few MB a second. */
const MAX_MIB = 16;

export interface FileStamp {
  /** Changes whenever the content does, as far as the file system says it. */
  readonly text: string;
  /** Of the file itself: another one has another. */
  readonly identity: string;
}

export interface FileStatus {
  readonly stamp: FileStamp;
  /** Since it was written last, by the wall clock; negative: its time is another machine's. */
  readonly ageMs: number;
  /** Why it cannot be read; absent: it can. */
  readonly obstacle?: string;
}

/** Undefined: there is no such entry. A link whose target is absent is one: a file system may not be mounted. */
export async function statusOf(path: string): Promise<FileStatus | undefined> {
  try {
    return statusFrom(await stat(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (!(await isThere(path))) return undefined;
    const stamp = { text: '', identity: '' };
    return { stamp, ageMs: 0, obstacle: 'it is a link to what is not there' };
  }
}

/** Of a file that has no obstacle. */
export function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8');
}

function statusFrom(stats: Stats): FileStatus {
  const { mtimeMs, ctimeMs, birthtimeMs, size, ino, dev } = stats;
  const identity = [dev, ino, birthtimeMs].join(' '); // a number is given again when its file is gone
  const ageMs = Date.now() - mtimeMs;
  const stamp = { text: [identity, mtimeMs, ctimeMs, size].join(' '), identity };
  // opening a FIFO waits for its writer, and a device has no end
  if (!stats.isFile()) return { stamp, ageMs, obstacle: 'it is not a regular file' };
  const mib = Math.ceil(size / 2 ** 20);
  return mib > MAX_MIB
    ? { stamp, ageMs, obstacle: `it has ${mib} MiB, and at most ${MAX_MIB} are read: divide it` }
    : { stamp, ageMs };
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
