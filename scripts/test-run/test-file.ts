// Runs one bundled test file as a process group of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { CpuAccount } from './cpu-account.ts';
import { startOf } from './start.ts';
import { readTap, type Failure } from './tap-failures.ts';

export interface FileOutcome {
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly durationMs: number;
  /** Of all cores; undefined where nothing counts it. */
  readonly cpuSeconds: number | undefined;
  /** From its last line to its end: what was left behind kept the process alive. */
  readonly lingeredMs: number;
}

const STDERR_KEPT = 8_000;
/** What has been written is read long before, once the file has ended. */
const DRAIN_MS = 10_000;
/** Of a file of which an assertion failed. */
const TAP_FAILED = 'exit 1';
const running = new Set<ChildProcess>();

/** A file that has not ended after `limitMs` is killed, and counts as failed. */
export async function runTestFile(
  file: string,
  limitMs: number,
  environment: NodeJS.ProcessEnv,
): Promise<FileOutcome> {
  const start = performance.now();
  const { command, args, environment: ofStart } = startOf(file);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that the limit reaches whatever the test started
    // tap's own limit is half a minute a file; ours says which file it was
    env: { ...environment, ...ofStart, TAP: '1', TAP_TIMEOUT: String(limitMs / 1_000) },
  });
  running.add(child);
  const account = child.pid === undefined ? undefined : new CpuAccount(child.pid);
  let stderr = '';
  let lastLineAt = start;
  child.stdout.on('data', () => (lastLineAt = performance.now()));
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT)));
  const deadline = AbortSignal.timeout(limitMs);
  const onDeadline = (): void => killGroup(child);
  deadline.addEventListener('abort', onDeadline);
  const ended = new Promise<string | undefined>(resolve => {
    child.on('exit', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit ${code}`)));
  });
  const held = new AbortController();
  child.once('exit', () => setTimeout(() => held.abort(), DRAIN_MS).unref());
  const { passed, count, failures } = await readTap(child.stdout, held.signal);
  const ending = await ended;
  const lingeredMs = performance.now() - lastLineAt;
  deadline.removeEventListener('abort', onDeadline);
  running.delete(child);
  const cpuSeconds = account?.close();
  const ofFile: Failure[] = [];
  if (deadline.aborted) ofFile.push({ title: `did not end within ${limitMs / 1_000} s`, text: stderr });
  else if (ending !== undefined && (failures.length === 0 || ending !== TAP_FAILED))
    ofFile.push({ title: `ended with ${ending}`, text: stderr });
  if (held.signal.aborted) ofFile.push({ title: 'left a process that holds its output', text: stderr });
  if (count === 0) ofFile.push({ title: 'ran no test', text: stderr });
  const durationMs = performance.now() - start;
  return { file, passed, failures: [...failures, ...ofFile], durationMs, cpuSeconds, lingeredMs };
}

export function killRunningTests(): void {
  for (const child of running) killGroup(child);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it ended between the decision and the signal
  }
}
