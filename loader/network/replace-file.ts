// Replaces a file of the node's as a whole, where it differs.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../errors.ts';
import { type Change, change } from '../model/change.ts';

const PERMISSIONS = 0o777;

export interface Replacement {
  readonly changes: readonly Change[];
  /** Why it cannot be written: what was there stays. */
  readonly refusal?: string;
}

/** Nothing is written where content and mode are as wanted. */
export function replaceFile(path: string, content: Buffer, mode: number): Replacement {
  try {
    if (isAsWanted(path, content, mode)) return { changes: [] };
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    write(path, content, mode);
    return { changes: [change(path, 'written')] };
  } catch (error) {
    return { changes: [], refusal: reasonOf(error) };
  }
}

/** Its content until it is whole: a kill may leave it, and the next writer replaces it. */
export function freshFile(path: string): string {
  return join(dirname(path), `.${basename(path)}.new`);
}

function write(path: string, content: Buffer, mode: number): void {
  const fresh = freshFile(path);
  try {
    writeFileSync(fresh, content);
    chmodSync(fresh, mode); // independent of the umask
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true }); // of a full disk half of it is there
    throw error;
  }
}

function isAsWanted(path: string, content: Buffer, mode: number): boolean {
  return (
    existsSync(path) && (statSync(path).mode & PERMISSIONS) === mode && readFileSync(path).equals(content)
  );
}

/** Without Node's ", open '…'": that is the file beside it, which nobody knows. */
function reasonOf(error: unknown): string {
  const text = messageOf(error);
  return text.split(/, \w+ '/)[0] ?? text;
}
