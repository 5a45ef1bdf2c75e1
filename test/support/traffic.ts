// Real sockets in real network namespaces: an echo server that answers with the address it saw, and those who ask it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { patience } from '../../lab/limits.ts';
import { startServer, type LabServer } from '../../lab/serve.ts';
import { ECHO_PORT } from '../../loader/connectivity/attempts.ts';
import { ECHO_SERVER } from '../../loader/connectivity/programs.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** For an answer that comes at once where things work. */
export const ANSWER_MS = 30_000 * patience();
/** Of `ping`, for what must not be answered: silence is waited out. */
export const BRIEFLY: readonly string[] = ['-W', '1'];

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

/** Starts the echo server in a namespace; it is ready when this settles. */
export function startEcho(netns: string, port = ECHO_PORT): Promise<LabServer> {
  return startServer(netns, ECHO_SERVER, [port]);
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
  const { protocol, to, port = ECHO_PORT, from = '', timeoutMs = ANSWER_MS } = question;
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
