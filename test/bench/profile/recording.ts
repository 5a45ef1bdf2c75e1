// One run of perf over the whole machine. It samples only between `enable` and `disable`, so that samples are of the measured work.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Duplex } from 'node:stream';
import { promisify } from 'node:util';

const run = promisify(execFile);

const MAX_OUTPUT = 64 << 20;
const PATIENCE_MS = 60_000;
/** Of the columns of its report: in no symbol of the kernel, and in no name of a process that is of interest. */
export const REPORT_SEPARATOR = '~';

/** What `work` answers; samples of that time are in `file`. Needs no counters of the processor, which guests lack. */
export async function recorded<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true }); // else perf keeps it under another name
  const events = ['--all-cpus', '--event', 'cpu-clock', '--delay=-1', '--control=fd:3,4'];
  const perf = spawn('perf', ['record', '--quiet', ...events, '--output', file], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const complaint: Buffer[] = [];
  perf.stderr?.on('data', (chunk: Buffer) => complaint.push(chunk));
  const ended = once(perf, 'close').then(() => {
    if (perf.exitCode === 0 || perf.signalCode === 'SIGTERM') return;
    throw new Error(`perf record: ${Buffer.concat(complaint).toString().trim()}`);
  });
  ended.catch(() => undefined); // reported where it is awaited below
  try {
    await control(perf, 'enable', ended);
    const answer = await work();
    await control(perf, 'disable', ended);
    return answer;
  } finally {
    perf.kill('SIGTERM');
    await ended;
  }
}

/** Nanoseconds of each process and symbol, line by line. */
export async function reportOf(file: string): Promise<string> {
  const columns = ['--sort', 'pid,sym', '--fields', 'period,pid,sym', '-t', REPORT_SEPARATOR];
  const { stdout } = await run('perf', ['report', '--input', file, '--stdio', '--no-children', ...columns], {
    maxBuffer: MAX_OUTPUT,
    timeout: PATIENCE_MS,
  });
  return stdout;
}

/** It acknowledges what it has done. */
async function control(
  perf: ChildProcess,
  command: 'enable' | 'disable',
  ended: Promise<void>,
): Promise<void> {
  const [, , , control, acknowledgement] = perf.stdio;
  if (!(control instanceof Duplex) || !(acknowledgement instanceof Duplex))
    throw new Error('perf has no pipes');
  control.once('error', () => undefined); // perf has ended; `ended` reports why
  control.write(`${command}\n`);
  await Promise.race([once(acknowledgement, 'data'), ended]);
  if (perf.exitCode !== null) throw new Error('perf has ended before its time');
}
