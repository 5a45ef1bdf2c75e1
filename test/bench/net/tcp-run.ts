// TCP from pod to pod by iperf3, as fast as it goes.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { busySeconds } from './cpu-time.ts';
import type { PodEnd } from './pod-network.ts';

const run = promisify(execFile);

export interface TcpLoad {
  readonly streams: number;
  /** So long, or so much: iperf3 knows whole seconds only. */
  readonly amount: { readonly seconds: number } | { readonly bytes: number };
}

export interface TcpRun {
  /** That the receiver got, Gbit/s. */
  readonly gbits: number;
  /** That the sender sent. */
  readonly bytes: number;
  readonly retransmitted: number;
  /** Of the whole machine, for each 10^9 bytes. */
  readonly cpuSecondsPerGb: number;
}

interface Report {
  readonly error?: string;
  readonly intervals: readonly { readonly sum: { readonly bytes: number } }[];
  readonly end: {
    readonly sum_received: { readonly bits_per_second: number };
    readonly sum_sent: { readonly retransmits: number };
  };
}

export const TCP_PORT = 5_201;
/** The sender's processor, and the receiver's. */
const AFFINITY = availableParallelism() > 1 ? ['--affinity', '0,1'] : [];
const MAX_OUTPUT = 16 << 20;
/** A super-packet a write: more would leave a tail, which differs with the MTU. */
const WRITE_BYTES = '64K';
const PATIENCE_MS = 20_000;

/** One connection or more, all in one direction; throws when they do not carry anything. */
export async function runTcp(from: PodEnd, to: PodEnd, { streams, amount }: TcpLoad): Promise<TcpRun> {
  const server = spawn(
    'nsenter',
    [`--net=${to.netns}`, 'iperf3', '--server', '--one-off', '--forceflush', '--bind', to.address],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(server, 'close');
  try {
    await once(server.stdout, 'data');
    const before = busySeconds();
    const limit =
      'bytes' in amount ? ['--bytes', String(amount.bytes)] : ['--time', String(Math.round(amount.seconds))];
    const what = [
      '--client',
      to.address,
      '--parallel',
      String(streams),
      ...limit,
      '--length',
      WRITE_BYTES,
      ...AFFINITY,
    ];
    const report = await iperf(from, what);
    return tcpRun(report, busySeconds() - before);
  } finally {
    server.kill('SIGKILL');
    await ended;
  }
}

/** It says what went wrong in its report, and ends with 1. */
async function iperf({ netns }: PodEnd, args: readonly string[]): Promise<Report> {
  const { stdout } = await run('nsenter', [`--net=${netns}`, 'iperf3', '--json', ...args], {
    maxBuffer: MAX_OUTPUT,
    timeout: PATIENCE_MS,
  }).catch((error: unknown) => {
    const { stdout } = error as { stdout?: string };
    if (stdout === undefined || stdout === '') throw error;
    return { stdout };
  });
  return JSON.parse(stdout) as Report;
}

function tcpRun({ error, intervals, end }: Report, cpuSeconds: number): TcpRun {
  if (error !== undefined) throw new Error(`iperf3: ${error}`);
  const bytes = intervals.reduce((total, { sum }) => total + sum.bytes, 0);
  if (bytes === 0) throw new Error('iperf3 carried nothing');
  return {
    gbits: end.sum_received.bits_per_second / 1e9,
    bytes,
    retransmitted: end.sum_sent.retransmits,
    cpuSecondsPerGb: cpuSeconds / (bytes / 1e9),
  };
}
