// A process that has no file descriptor left, for as long as something is tried.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** More than a process of tests has open. */
const LIMIT = 256;

/** Of this process. What `act` needs has to be open, or it fails with EMFILE. */
export async function withoutDescriptors<T>(act: () => Promise<T>): Promise<T> {
  const before = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? '';
  const taken: number[] = [];
  limitTo(String(LIMIT));
  try {
    takeAll(taken);
    return await act();
  } finally {
    for (const fd of taken) closeSync(fd);
    limitTo(before);
  }
}

function limitTo(soft: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${soft}:`]);
}

function takeAll(taken: number[]): void {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
  }
}
