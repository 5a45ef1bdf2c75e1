// Traffic that goes on while something happens, and notices every gap.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

interface Test {
  teardown(clean: () => void): void;
}

export interface SteadyTraffic {
  /** What has been answered so far. */
  answered(): number;
  /** Ends it; the numbers of what was sent and never answered, before the last answer. */
  stop(): Promise<readonly number[]>;
}

const INTERVAL_MS = 10;
/** What is on its way when we stop. */
const LINGER_MS = 300;
const PORT = 7020;

/** A hundred echo requests a second; the first is answered when this settles. */
export async function steadyPing(t: Test, netns: string, to: string): Promise<SteadyTraffic> {
  const argv = ['ping', '-n', '-i', String(INTERVAL_MS / 1_000), to];
  return steady(t, netns, { argv, numberIn: /icmp_seq=(\d+)/g, first: 1 });
}

/** Numbers each a segment of its own, all on one connection, echoed by the other end. */
const CLIENT = `
const socket = require('node:net').connect({ host: process.argv[1], port: ${PORT}, noDelay: true }, () => {
  let number = 0;
  setInterval(() => socket.write('<' + number++ + '>'), ${INTERVAL_MS});
});
socket.on('data', data => process.stdout.write(data));
`;

const SERVER = `
require('node:net').createServer({ noDelay: true }, peer => peer.on('error', () => {}).pipe(peer))
  .listen(${PORT}, '::', () => console.log('ready'));
`;

/** One connection that is asked a hundred times a second; the first question is answered when this settles. */
export async function steadyConnection(
  t: Test,
  netns: string,
  other: { readonly netns: string; readonly address: string },
): Promise<SteadyTraffic> {
  const server = spawn('nsenter', [`--net=${other.netns}`, process.execPath, '-e', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => server.kill('SIGKILL'));
  await once(server.stdout, 'data');
  const argv = [process.execPath, '-e', CLIENT, other.address];
  return steady(t, netns, { argv, numberIn: /<(\d+)>/g, first: 0 });
}

interface Kind {
  readonly argv: readonly string[];
  /** Finds the numbers of answers in what the command prints. */
  readonly numberIn: RegExp;
  readonly first: number;
}

async function steady(t: Test, netns: string, { argv, numberIn, first }: Kind): Promise<SteadyTraffic> {
  const child = spawn('nsenter', [`--net=${netns}`, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const numbers = (): number[] => Array.from(printed.matchAll(numberIn), match => Number(match[1]));
  while (numbers().length === 0) await Promise.race([once(child.stdout, 'data'), refuseExit(child, argv)]);
  return {
    answered: () => numbers().length,
    stop: async () => {
      await sleep(LINGER_MS);
      child.kill('SIGKILL');
      const answered = new Set(numbers());
      const last = Math.max(...answered);
      const sent = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      return sent.filter(number => !answered.has(number));
    },
  };
}

async function refuseExit(child: ChildProcess, argv: readonly string[]): Promise<never> {
  await once(child, 'exit');
  throw new Error(`'${argv[0] ?? ''}' ended before its first answer`);
}
