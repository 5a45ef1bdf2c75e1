// Moves files of the daemon from one directory to another, also to another file system.
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whatever is at `to` already stays. Returns the number of files that were moved. Throws the system's error. */
export function moveInto(from: string, to: string): number {
  const found = statSync(from, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return moveFile(from, to);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const counts = readdirSync(from).map(name => moveInto(join(from, name), join(to, name)));
  removeIfEmpty(from);
  return counts.reduce((sum, count) => sum + count, 0);
}

export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // it does not exist, has files of others, or is a mount point
  }
}

function moveFile(from: string, to: string): number {
  if (existsSync(to)) return 0;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const fresh = `${to}.moving`;
    cpSync(from, fresh);
    renameSync(fresh, to);
    rmSync(from);
  }
  return 1;
}
