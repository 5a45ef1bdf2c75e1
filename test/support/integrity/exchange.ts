// Payloads whose every byte is checked at both ends: a TCP stream each way, and datagrams that come back.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execIn } from '../../../lab/exec.ts';
import type { TestHost } from '../lab.ts';

export type Protocol = 'tcp' | 'udp';

export interface ExchangePlan {
  readonly from: TestHost;
  readonly to: string;
  readonly protocol: Protocol;
  /** Of the largest datagram, with number and sum. */
  readonly maxDatagramBytes: number;
}

/** What one end has received. */
export interface Received {
  /** Bytes of a stream; of datagrams those that are right, each once. */
  readonly arrived: number;
  /** Bytes or datagrams that are not what was sent. */
  readonly wrong: number;
  readonly duplicates: number;
}

export interface Exchanged {
  readonly sent: number;
  readonly byServer: Received;
  readonly byClient: Received;
}

export interface CheckingServer {
  /** What it has received since it was asked last. */
  take(): Promise<Received>;
}

interface Test {
  teardown(clean: () => void): void;
}

export const PORT = 7030;
export const STREAM_BYTES = 2 << 20;
export const DATAGRAMS = 400;

/** Without a byte for so long, a connection has failed. */
const SILENCE_MS = 20_000;

const CHECKS = `
const PORT = ${PORT}, STREAM_BYTES = ${STREAM_BYTES}, DATAGRAMS = ${DATAGRAMS}, SILENCE_MS = ${SILENCE_MS};
const { createHash } = require('node:crypto'), net = require('node:net'), dgram = require('node:dgram');
// As long as a prime: no two segments of a stream look alike.
const PATTERN = Buffer.alloc(65521);
for (let i = 0, x = 1; i < PATTERN.length; i++) PATTERN[i] = (x = x * 48271 % 2147483647) >> 8;
const patternAt = (start, length) => {
  const at = start % PATTERN.length;
  return Buffer.concat([PATTERN.subarray(at), PATTERN, PATTERN], PATTERN.length - at + 2 * PATTERN.length).subarray(0, length);
};
const received = { arrived: 0, wrong: 0, duplicates: 0 };
const checkStream = () => {
  let position = 0;
  return data => {
    const expected = patternAt(position, data.length);
    position += data.length;
    let wrong = 0;
    if (!data.equals(expected)) for (let i = 0; i < data.length; i++) if (data[i] !== expected[i]) wrong++;
    received.wrong += wrong;
    received.arrived += data.length;
    return position;
  };
};
const sendStream = (socket, onSent = () => {}) => {
  let sent = 0;
  const more = () => {
    while (sent < STREAM_BYTES) {
      const length = Math.min(32768, STREAM_BYTES - sent);
      const full = !socket.write(patternAt(sent, length));
      sent += length;
      if (full) return socket.once('drain', more);
    }
    onSent();
  };
  more();
};
const sum = body => createHash('md5').update(body).digest();
const datagram = (number, length) => {
  const body = Buffer.alloc(Math.max(length - 16, 8));
  patternAt(number * 131, body.length).copy(body);
  body.writeUInt32BE(number);
  return Buffer.concat([sum(body), body]);
};
const seen = new Set();
/** Its number, or undefined if it is wrong. */
const checkDatagram = data => {
  const [hash, body] = [data.subarray(0, 16), data.subarray(16)];
  if (data.length < 24 || !sum(body).equals(hash)) return void received.wrong++;
  const number = body.readUInt32BE();
  if (seen.has(number)) received.duplicates++; else { seen.add(number); received.arrived++; }
  return number;
};
`;

/** Checks all that it receives, and sends as much back. */
const SERVER = `${CHECKS}
net.createServer(peer => {
  const check = checkStream();
  peer.on('error', () => {}).on('data', check);
  sendStream(peer);
}).listen(PORT, '::', () => {
  const socket = dgram.createSocket({ type: 'udp6', recvBufferSize: 1 << 22 });
  socket.on('message', (data, peer) => { checkDatagram(data); socket.send(data, peer.port, peer.address, () => {}); });
  socket.bind(PORT, '::', () => console.log('ready'));
});
process.stdin.on('data', () => {
  console.log(JSON.stringify(received));
  Object.assign(received, { arrived: 0, wrong: 0, duplicates: 0 });
  seen.clear();
});
`;

const CLIENT = `${CHECKS}
const [protocol, host, maxBytes] = process.argv.slice(1);
const end = () => { console.log(JSON.stringify(received)); process.exit(0); };
if (protocol === 'tcp') {
  const check = checkStream();
  let left = 2;
  // The server closes when our end has reached it, and that comes behind all our bytes.
  const done = () => { if (--left === 0) socket.end(); };
  const socket = net.connect({ host, port: PORT }, () => sendStream(socket, done));
  socket.on('data', data => { if (check(data) === STREAM_BYTES) done(); });
  socket.on('close', end).on('error', end).setTimeout(SILENCE_MS, end);
} else {
  // So many are on their way at most: what a receiver's buffer takes. Those that stay away give way to others.
  const WINDOW = 16, PATIENCE_MS = 500;
  const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let next = 0, timer;
  const out = new Set();
  const more = () => {
    clearTimeout(timer);
    for (; out.size < WINDOW && next < DATAGRAMS; next++) {
      out.add(next);
      socket.send(datagram(next, 64 + (next * 997) % (Number(maxBytes) - 64)), PORT, host, () => {});
    }
    if (out.size === 0) return end();
    timer = setTimeout(() => { out.clear(); more(); }, PATIENCE_MS);
  };
  socket.on('message', data => { out.delete(checkDatagram(data)); more(); }).on('error', () => {});
  socket.bind(0, more);
}
`;

/** In a party's namespace; it ends with the test. */
export async function startCheckingServer(t: Test, { netns, name }: TestHost): Promise<CheckingServer> {
  const child = spawn('nsenter', [`--net=${netns}`, process.execPath, '-e', SERVER], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the checking server in ${name} has ended`);
  });
  const line = (): Promise<string> => Promise.race([once(child.stdout, 'data').then(String), ended]);
  await line();
  return {
    take: async () => {
      const answer = line();
      child.stdin.write('?\n');
      return JSON.parse(await answer) as Received;
    },
  };
}

/** One stream each way, or datagrams there and back; settles when all has arrived, or nothing more does. */
export async function exchange(plan: ExchangePlan, server: CheckingServer): Promise<Exchanged> {
  const { from, to, protocol, maxDatagramBytes } = plan;
  await server.take(); // what earlier exchanges have left
  const argv = [process.execPath, '-e', CLIENT, protocol, to, String(maxDatagramBytes)];
  const { stdout, stderr, code } = await execIn(from.netns, argv, 300_000);
  if (code !== 0) throw new Error(`the checking client in ${from.name} ended with ${code}: ${stderr}`);
  const byServer = await server.take();
  const sent = protocol === 'tcp' ? STREAM_BYTES : DATAGRAMS;
  return { sent, byServer, byClient: JSON.parse(stdout) as Received };
}
