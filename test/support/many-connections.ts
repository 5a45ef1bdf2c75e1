// Many TCP connections between two pods, idle until they are asked: each echoes what it is sent.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

interface Test {
  teardown(clean: () => void): void;
}

export interface ManyConnections {
  /** Sends a byte on each connection, a hundred at a time; the number of echoes until one took more than `withinMs`. */
  ask(withinMs: number): Promise<number>;
}

const PORT = 7030;

const SERVER = `
require('node:net').createServer({ noDelay: true }, peer => peer.on('error', () => {}).pipe(peer))
  .listen({ port: ${PORT}, host: '::', backlog: 4096 }, () => console.log('ready'));
`;

/**
 * A CPU's backlog takes 1,000 packets (net.core.netdev_max_backlog) and the kernel drops the rest, also those of other
 * flows, which a test would take for a loss in the datapath.
 */
const AT_ONCE = 100;

/** \`open\` when all are, then for each line of input the number of echoes up to the first hundred that lacks one. */
const CLIENT = `
const AT_ONCE = ${AT_ONCE};
const net = require('node:net');
const [host, count] = process.argv.slice(1);
const sockets = [];
const connect = () => new Promise((resolve, reject) => {
  const socket = net.connect({ host, port: ${PORT}, noDelay: true }, () => resolve(sockets.push(socket)));
  socket.once('error', reject);
});
const echo = (socket, withinMs) => new Promise(resolve => {
  const answer = is => { clearTimeout(timer); socket.off('data', heard); resolve(is); };
  const heard = () => answer(1);
  const timer = setTimeout(() => answer(0), withinMs);
  socket.on('data', heard).on('error', () => {}).write('?');
});
const sum = numbers => numbers.reduce((total, one) => total + one, 0);
const echoes = async withinMs => {
  let count = 0;
  for (let first = 0; first < sockets.length && count === first; first += AT_ONCE) {
    count += sum(await Promise.all(sockets.slice(first, first + AT_ONCE).map(socket => echo(socket, withinMs))));
  }
  return count;
};
const openAll = async () => {
  while (sockets.length < Number(count)) await Promise.all(Array.from({ length: AT_ONCE }, connect));
  console.log('open');
  for await (const line of require('node:readline').createInterface({ input: process.stdin })) {
    console.log(await echoes(Number(line)));
  }
};
openAll().catch(error => { console.error(error.message); process.exit(1); });
`;

/** All are open when this settles; they end with the test. `count`: a multiple of a hundred. */
export async function manyConnections(
  t: Test,
  ends: { readonly from: string; readonly to: string; readonly address: string },
  count: number,
): Promise<ManyConnections> {
  const lineOf = (child: ChildProcess): (() => Promise<string>) => {
    t.teardown(() => child.kill('SIGKILL'));
    if (child.stdout === null) throw new TypeError('the output is not piped');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error('an end of the connections has ended');
      return next.value;
    };
  };
  await lineOf(inNetns(ends.to, SERVER))();
  const client = inNetns(ends.from, CLIENT, ends.address, String(count));
  const nextLine = lineOf(client);
  await nextLine();
  return {
    ask: async withinMs => {
      client.stdin?.write(`${withinMs}\n`);
      return Number(await nextLine());
    },
  };
}

function inNetns(netns: string, script: string, ...argv: string[]): ChildProcess {
  return spawn('nsenter', [`--net=${netns}`, process.execPath, '-e', script, ...argv], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}
