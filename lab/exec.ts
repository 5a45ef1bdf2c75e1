// Commands inside a lab. `nsenter` and not `ip netns exec`, which remounts /sys and so hides the pins.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { labLimits } from './limits.ts';

export interface ExecOutcome {
  readonly stdout: string;
  readonly stderr: string;
  /** 124 when it was stopped for its time. */
  readonly code: number;
}

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
  const [code] = (await once(child, 'close')) as [number | null];
  return { stdout, stderr, code: code ?? 124 };
}

/** Runs it with this process's own terminal; its exit status. */
export async function execAttached(netns: string, argv: readonly string[]): Promise<number> {
  const child = spawn('nsenter', [`--net=${netns}`, ...argv], { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 124;
}
