// A flow on which both ends send continuously and independently, so that an interruption in either direction shows at once.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

interface Test {
  teardown(clean: () => void): void;
}

export interface LiveFlowSpec {
  readonly protocol: 'tcp' | 'udp';
  /** Namespace of the one that opens it. */
  readonly from: string;
  readonly to: { readonly netns: string; readonly address: string };
  readonly port: number;
}

/** Messages that each end has received so far. */
export interface ReceivedNumbers {
  readonly byClient: number;
  readonly byServer: number;
}

export interface LiveFlow {
  heard(): ReceivedNumbers;
  /** Numbers that one end sent and the other has not received, up to the last received one. */
  missing(): readonly number[];
}

const INTERVAL_MS = 20;

const TALK = `
const INTERVAL_MS = ${INTERVAL_MS};
const [protocol, port, address] = process.argv.slice(1);
const hear = data => process.stdout.write(data);
let number = 0;
const word = () => number++ + '\\n';
`;

const SERVER = `${TALK}
if (protocol === 'tcp') {
  require('node:net').createServer({ noDelay: true }, peer => {
    peer.on('error', () => {}).on('data', hear);
    setInterval(() => peer.write(word()), INTERVAL_MS);
  }).listen(Number(port), '::', () => console.log('ready'));
} else {
  const socket = require('node:dgram').createSocket('udp6');
  let peer;
  socket.on('message', (data, from) => { peer = from; hear(data); });
  setInterval(() => peer && socket.send(word(), peer.port, peer.address), INTERVAL_MS);
  socket.on('error', () => {});
  socket.bind(Number(port), '::', () => console.log('ready'));
}
`;

const CLIENT = `${TALK}
if (protocol === 'tcp') {
  const peer = require('node:net').connect({ host: address, port: Number(port), noDelay: true }, () => {
    setInterval(() => peer.write(word()), INTERVAL_MS);
  });
  peer.on('data', hear);
} else {
  const socket = require('node:dgram').createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', hear).on('error', () => {});
  setInterval(() => socket.send(word(), Number(port), address, () => {}), INTERVAL_MS);
}
`;

/** Resolves when both ends have received data; ends with the test. */
export async function liveFlow(t: Test, { protocol, from, to, port }: LiveFlowSpec): Promise<LiveFlow> {
  const server = await receiver(t, to.netns, ['-e', SERVER, protocol, String(port)]);
  while (!server.isReady()) await sleep(INTERVAL_MS);
  const client = await receiver(t, from, ['-e', CLIENT, protocol, String(port), to.address]);
  while (client.numbers().length < 3 || server.numbers().length < 3) await sleep(INTERVAL_MS);
  return {
    heard: () => ({ byClient: client.numbers().length, byServer: server.numbers().length }),
    missing: () => [...gaps(client.numbers()), ...gaps(server.numbers())],
  };
}

interface Receiver {
  isReady(): boolean;
  numbers(): readonly number[];
}

async function receiver(t: Test, netns: string, argv: readonly string[]): Promise<Receiver> {
  const child: ChildProcess = spawn('nsenter', [`--net=${netns}`, process.execPath, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return {
    isReady: () => text.startsWith('ready'),
    numbers: () => Array.from(text.matchAll(/^(\d+)\n/gm), match => Number(match[1])),
  };
}

function gaps(numbers: readonly number[]): number[] {
  const heard = new Set(numbers);
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index).filter(
    each => !heard.has(each),
  );
}
