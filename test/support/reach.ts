// Who reaches whom: every protocol, both families, a line for each attempt that was not answered as it should be.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { addressOf, type TestHost } from './lab.ts';
import { ANSWER_MS, ping, startEcho } from './traffic.ts';

const run = promisify(execFile);

export type Protocol = 'tcp' | 'udp' | 'icmp';
export const PROTOCOLS: readonly Protocol[] = ['tcp', 'udp', 'icmp'];

export interface Attempt {
  readonly from: TestHost;
  readonly to: string;
  readonly protocol: Protocol;
  /** Address to send from; the kernel's choice without. */
  readonly source?: string;
  /** Address that the other end must see (TCP, UDP); any without. */
  readonly seenAs?: string;
}

const PORT = 7007;
const PINGS_AT_ONCE = 4;

/** Asks all questions at once, from one namespace, and prints what each was answered: null for nothing. */
const CLIENT = `
const net = require('node:net'), dgram = require('node:dgram');
const withinMs = Number(process.argv[2]);
const tcp = ({ to, port, source }) => new Promise(resolve => {
  const socket = net.connect({ host: to, port, localAddress: source });
  socket.on('data', data => { resolve(String(data)); socket.end(); }).on('error', () => resolve(null));
  setTimeout(() => { resolve(null); socket.destroy(); }, withinMs).unref();
});
const udp = ({ to, port, source }) => new Promise(resolve => {
  const socket = dgram.createSocket(to.includes(':') ? 'udp6' : 'udp4');
  const end = answer => { resolve(answer); clearInterval(timer); try { socket.close(); } catch {} };
  const ask = () => socket.send('?', port, to);
  const timer = setInterval(ask, 700);
  socket.on('message', data => end(String(data))).on('error', () => end(null));
  socket.bind(0, source, ask);
  setTimeout(() => end(null), withinMs).unref();
});
Promise.all(JSON.parse(process.argv[1]).map(one => (one.protocol === 'tcp' ? tcp : udp)(one)))
  .then(answers => { process.stdout.write(JSON.stringify(answers)); process.exit(0); });
`;

/** Starts echo servers in all of them; they end with the test. */
export async function serveAll(
  t: { teardown(clean: () => Promise<void>): void },
  parties: readonly TestHost[],
): Promise<void> {
  const servers = await Promise.all(parties.map(({ netns }) => startEcho(netns, PORT)));
  t.teardown(async () => {
    await Promise.all(servers.map(server => server.stop()));
  });
}

/** Every protocol and family from one to the other, whose own address must be seen. */
export function eachWay(from: TestHost, to: TestHost, families: readonly ('ipv4' | 'ipv6')[]): Attempt[] {
  return families.flatMap(family =>
    PROTOCOLS.map(protocol => ({
      ...{ from, to: addressOf(to, family), protocol },
      seenAs: addressOf(from, family),
    })),
  );
}

/** Makes all attempts; a sentence for each that failed. Those that must fail are waited out: name a shorter time. */
export async function failuresOf(attempts: readonly Attempt[], withinMs = ANSWER_MS): Promise<string[]> {
  const parties = [...new Set(attempts.map(({ from }) => from))];
  const asked = parties.map(from =>
    failuresFrom(
      from,
      attempts.filter(attempt => attempt.from === from),
      withinMs,
    ),
  );
  return (await Promise.all(asked)).flat().sort();
}

async function failuresFrom(
  from: TestHost,
  attempts: readonly Attempt[],
  withinMs: number,
): Promise<string[]> {
  const questions = attempts.filter(({ protocol }) => protocol !== 'icmp');
  const pings = attempts.filter(({ protocol }) => protocol === 'icmp');
  const [answers, unanswered] = await Promise.all([askAll(from.netns, questions, withinMs), pingAll(pings)]);
  const wrong = questions.flatMap((question, i) => {
    const answer = answers[i] ?? undefined;
    if (answer === undefined) return [`${describe(question)}: no answer`];
    const { seenAs } = question;
    return seenAs === undefined || seenAs === answer
      ? []
      : [`${describe(question)}: seen as ${answer}, not ${seenAs}`];
  });
  return [...wrong, ...unanswered];
}

async function askAll(
  netns: string,
  questions: readonly Attempt[],
  withinMs: number,
): Promise<(string | null)[]> {
  if (questions.length === 0) return [];
  const asked = questions.map(({ protocol, to, source }) => ({ protocol, to, source, port: PORT }));
  const argv = [process.execPath, '-e', CLIENT, JSON.stringify(asked), String(withinMs)];
  const { stdout } = await run('nsenter', [`--net=${netns}`, ...argv], { timeout: 2 * ANSWER_MS });
  return JSON.parse(stdout) as (string | null)[];
}

async function pingAll(attempts: readonly Attempt[]): Promise<string[]> {
  const failures: string[] = [];
  const queue = [...attempts];
  const worker = async (): Promise<void> => {
    for (let attempt = queue.shift(); attempt !== undefined; attempt = queue.shift()) {
      const { from, to, source } = attempt;
      const answered = await ping(from.netns, to, source === undefined ? [] : ['-I', source]);
      if (!answered) failures.push(`${describe(attempt)}: no answer`);
    }
  };
  await Promise.all(Array.from({ length: PINGS_AT_ONCE }, worker));
  return failures;
}

function describe({ from, to, protocol, source }: Attempt): string {
  return `${from.name}${source === undefined ? '' : ` (${source})`} → ${to} ${protocol}`;
}
