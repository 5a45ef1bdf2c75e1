// The built heddlectl, run as a person runs it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { builtFile } from '../../lab/installation.ts';
import type { ExecOutcome } from '../../lab/exec.ts';

/** Runs it to its end; no colours, since its output is no terminal. */
export async function heddlectl(...words: string[]): Promise<ExecOutcome> {
  return outcomeOf(startHeddlectl(...words));
}

/** What it prints under -j; throws unless it succeeds. */
export async function heddlectlJson(...words: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await heddlectl('-j', ...words);
  if (code !== 0) throw new Error(`heddlectl -j ${words.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

/** What `status` prints under -j, of a node that is well or not; throws for a wrong command line. */
export async function statusJson(...words: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await heddlectl('-j', ...words, 'status');
  if (code > 1 || stdout === '') throw new Error(`heddlectl status ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

export function startHeddlectl(...words: string[]): ChildProcess {
  return start('ignore', words);
}

/** With standard input to be written. */
export function startHeddlectlReading(...words: string[]): ChildProcess {
  return start('pipe', words);
}

function start(stdin: 'ignore' | 'pipe', words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [builtFile('heddlectl.mjs'), ...words], { stdio: [stdin, 'pipe', 'pipe'] });
}

export async function outcomeOf(child: ChildProcess): Promise<ExecOutcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, stdout, stderr };
}
