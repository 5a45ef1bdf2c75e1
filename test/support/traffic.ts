// Real sockets in real network namespaces: an echo server that answers with the address it saw, and those who ask it.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { patience } from '../../lab/limits.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** For an answer that comes at once where things work. */
export const ANSWER_MS = 30_000 * patience();
/** Of `ping`, for what must not be answered: silence is waited out. */
export const BRIEFLY: readonly string[] = ['-W', '1'];

/**
 * Listens on TCP, all addresses of both families, and on UDP, each address by its own socket so that an answer comes
 * from the address that was asked. Answers with the sender's address as it saw it.
 */
const SERVER = `
const net = require('node:net'), dgram = require('node:dgram'), os = require('node:os');
const port = Number(process.argv[1]);
const seen = address => address.replace(/^::ffff:/, '');
const own = Object.values(os.networkInterfaces()).flat().filter(one => !one.address.startsWith('fe80'));
const bindUdp = one => new Promise((resolve, reject) => {
  const socket = dgram.createSocket(one.family === 'IPv6' ? 'udp6' : 'udp4');
  socket.on('message', (_, peer) => socket.send(seen(peer.address), peer.port, peer.address));
  socket.on('error', reject).bind(port, one.address, resolve);
});
net.createServer(peer => { peer.on('error', () => {}); peer.end(seen(peer.remoteAddress)); })
  .listen(port, '::', () => Promise.all(own.map(bindUdp)).then(() => console.log('ready')));
`;

/** Asks once and prints the answer; a datagram is repeated, as a resolver would. */
const CLIENT = `
const net = require('node:net'), dgram = require('node:dgram');
const [protocol, host, port, from] = process.argv.slice(1);
const fail = error => { console.error(error.message); process.exit(1); };
if (protocol === 'tcp') {
  const socket = net.connect({ host, port: Number(port), localAddress: from || undefined });
  socket.on('data', data => { process.stdout.write(data); socket.end(); }).on('error', fail);
} else {
  const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', data => { process.stdout.write(data); process.exit(0); }).on('error', fail);
  const ask = () => socket.send('?', Number(port), host);
  const go = () => { ask(); setInterval(ask, 500); };
  from ? socket.bind(0, from, go) : go();
}
`;

export interface EchoServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the echo server in a namespace; it is ready when this settles. */
export async function startEcho(netns: string, port = 7007): Promise<EchoServer> {
  const child = spawn('nsenter', [`--net=${netns}`, process.execPath, '-e', SERVER, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(child.stdout, 'data'),
    refuseExit(child, `echo server on port ${port} in ${netns}`),
  ]);
  return { port, stop: () => stop(child) };
}

export interface Question {
  readonly protocol: 'tcp' | 'udp';
  readonly to: string;
  readonly port?: number;
  /** Address to send from; the kernel's choice without. */
  readonly from?: string;
  readonly timeoutMs?: number;
}

/** Asks the echo server: the client's address as the server saw it, or `undefined` when no answer came. */
export async function ask(netns: string, question: Question): Promise<string | undefined> {
  const { protocol, to, port = 7007, from = '', timeoutMs = ANSWER_MS } = question;
  const client = [process.execPath, '-e', CLIENT, protocol, to, String(port), from];
  try {
    const { stdout } = await run('nsenter', [`--net=${netns}`, ...client], { timeout: timeoutMs });
    return stdout === '' ? undefined : stdout;
  } catch {
    return undefined; // refused, unreachable or silent: for the question asked, all the same
  }
}

/** One echo request, by the system's ping; true when it is answered. */
export async function ping(netns: string, to: string, options: readonly string[] = []): Promise<boolean> {
  try {
    await run('nsenter', [
      `--net=${netns}`,
      'ping',
      '-n',
      '-c',
      '1',
      '-W',
      String(ANSWER_MS / 1_000),
      ...options,
      to,
    ]);
    return true;
  } catch {
    return false;
  }
}

/** Pings until it is answered, or is not: false when that does not come to be. */
export function pingedUntil(expected: boolean, netns: string, to: string): Promise<boolean> {
  return until(async () => (await ping(netns, to, BRIEFLY)) === expected);
}

async function refuseExit(child: ChildProcess, what: string): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`${what} ended with ${code ?? 'a signal'} before it was ready`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
