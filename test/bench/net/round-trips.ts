// Questions of one byte over one TCP connection, each sent when the one before is answered.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { builtFile } from '../../../lab/installation.ts';
import type { PodEnd } from './pod-network.ts';

const run = promisify(execFile);

/** Processors of the one who asks, and of the one who answers. */
export interface Pinning {
  readonly asking: number;
  readonly answering: number;
}

/** On one processor nothing waits for another to wake, which in a virtual machine costs more than any datapath. */
export const ON_ONE: Pinning = { asking: 0, answering: 0 };
export const APART: Pinning = { asking: 0, answering: availableParallelism() > 1 ? 1 : 0 };

const PORT = '7100';

/** Answered in a second. */
export async function roundTrips(
  from: PodEnd,
  to: PodEnd,
  milliseconds: number,
  { asking, answering }: Pinning,
): Promise<number> {
  const program = builtFile('bench/programs/ping-pong');
  const inPod = ({ netns }: PodEnd, cpu: number): string[] => [
    `--net=${netns}`,
    ...['taskset', '--cpu-list', String(cpu), program],
  ];
  const server = spawn('nsenter', [...inPod(to, answering), 'serve', to.address, PORT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'close');
  try {
    await Promise.race([once(server.stdout, 'data'), ended]);
    const question = ['ask', to.address, PORT, String(milliseconds)];
    const { stdout } = await run('nsenter', [...inPod(from, asking), ...question]);
    return Number(stdout);
  } finally {
    server.kill('SIGKILL');
    await ended;
  }
}
