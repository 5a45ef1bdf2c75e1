// A configuration file, which need not exist.
import { readFileSync } from 'node:fs';

/** Its text; absent: there is none. Throws what else keeps it from being read. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
