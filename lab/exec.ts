// Commands inside a lab. `nsenter` and not `ip netns exec`, which remounts /sys and so hides the pins.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { labLimits } from './limits.ts';

export interface ExecOutcome {
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell has it: 128 and the signal's number where a signal ended it. TIMED_OUT when its time was over. */
  readonly code: number;
}

/** As timeout(1) has it. */
const TIMED_OUT = 124;
/** Shells add the signal's number. */
const SIGNALLED = 128;
const PASSED_ON = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const;
/** Those of a terminal's keys go to all that it shows. */
const OF_KEYS: readonly string[] = ['SIGINT', 'SIGQUIT'];

/** Runs a command in a namespace and keeps what it prints. */
export async function execIn(
  netns: string,
  argv: readonly string[],
  timeoutMs = labLimits().command,
): Promise<ExecOutcome> {
  const child = spawn('nsenter', [`--net=${netns}`, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await statusOf(child);
  return { stdout, stderr, code: child.killed ? TIMED_OUT : status };
}

/** Runs it with this process's own terminal, and passes signals on to it; its exit status. */
export async function execAttached(netns: string, argv: readonly string[]): Promise<number> {
  let child: ChildProcess | undefined;
  const passOn = (signal: NodeJS.Signals): void => {
    if (!OF_KEYS.includes(signal) || !process.stdin.isTTY) child?.kill(signal);
  };
  for (const signal of PASSED_ON) process.on(signal, passOn); // before there is a child that a signal could leave behind
  try {
    child = spawn('nsenter', [`--net=${netns}`, ...argv], { stdio: 'inherit' });
    return await statusOf(child);
  } finally {
    for (const signal of PASSED_ON) process.off(signal, passOn);
  }
}

/** `nsenter` becomes the command, and so ends by its signal. */
async function statusOf(child: ChildProcess): Promise<number> {
  const [code, signal] = (await once(child, 'close')) as [number, null] | [null, NodeJS.Signals];
  return signal === null ? code : SIGNALLED + constants.signals[signal];
}
