// Many TCP connections between two pods, idle until they are asked: each echoes what it is sent.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

interface Test {
  teardown(clean: () => void): void;
}

export interface ManyConnections {
  /** Sends a byte on each connection; the number that echoed it within `withinMs`. */
  ask(withinMs: number): Promise<number>;
}

const PORT = 7030;

const SERVER = `
require('node:net').createServer({ noDelay: true }, peer => peer.on('error', () => {}).pipe(peer))
  .listen({ port: ${PORT}, host: '::', backlog: 4096 }, () => console.log('ready'));
`;

/** Opens them a hundred at a time; \`open\` when all are, then for each line of input the number of echoes. */
const CLIENT = `
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
const openAll = async () => {
  while (sockets.length < Number(count)) await Promise.all(Array.from({ length: 100 }, connect));
  console.log('open');
  for await (const line of require('node:readline').createInterface({ input: process.stdin })) {
    const echoes = await Promise.all(sockets.map(socket => echo(socket, Number(line))));
    console.log(echoes.reduce((sum, one) => sum + one, 0));
  }
};
openAll().catch(error => { console.error(error.message); process.exit(1); });
`;

/** All are open when this settles; they end with the test. `count`: a multiple of 100. */
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
