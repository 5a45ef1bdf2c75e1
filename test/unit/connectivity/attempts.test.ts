// The echo server and its client, as pods run them, on loopback: what is answered, what is not, and what is seen otherwise.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import {
  failuresOf,
  outcomesOf,
  type Attempt,
  type HostAccess,
} from '../../../loader/connectivity/attempts.ts';
import { ECHO_SERVER } from '../../../loader/connectivity/programs.ts';

const HERE = { name: 'here' };
const ANSWER_MS = 20_000;
const SILENCE_MS = 500;

const access: HostAccess<typeof HERE> = {
  node: process.execPath,
  run: (_from, [command = '', ...argv], timeout) =>
    new Promise(resolve => {
      execFile(command, argv, { timeout }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    }),
};

async function serve(t: Test, program: string, ...argv: string[]): Promise<void> {
  const child = spawn(process.execPath, ['-e', program, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  t.equal(String(said), 'ready\n');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '::');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

t.test('what the server answers, and what it saw', async t => {
  const [port, streamPort] = [await freePort(), await freePort()];
  await serve(t, ECHO_SERVER, String(port), String(streamPort));
  const to = '127.0.0.1';
  const right: Attempt<typeof HERE>[] = [
    { from: HERE, to, port, protocol: 'tcp', seenAs: to },
    { from: HERE, to, port, protocol: 'udp', seenAs: to },
    { from: HERE, to, port, protocol: 'udp', source: to, bytes: 8_000, seenAs: to },
    { from: HERE, to, port, protocol: 'open' },
    { from: HERE, to, port: streamPort, protocol: 'stream', bytes: 2 << 20 },
    { from: HERE, to: 'localhost', protocol: 'name' },
  ];
  t.strictSame(
    await outcomesOf(right, access, ANSWER_MS),
    right.map(() => undefined),
  );
  const wrong: Attempt<typeof HERE>[] = [
    { from: HERE, to, port, protocol: 'tcp', seenAs: '192.0.2.1' },
    { from: HERE, to, port, protocol: 'udp', mustFail: true },
  ];
  t.strictSame(await failuresOf(wrong, access, ANSWER_MS), [
    'here → 127.0.0.1 tcp: seen as 127.0.0.1, not 192.0.2.1',
    'here → 127.0.0.1 udp: answered, and must not be',
  ]);
});

t.test('a datagram from the own port, as another server sends it, is not answered', async t => {
  const port = await freePort();
  await serve(t, ECHO_SERVER, String(port));
  const [forged, asker] = [createSocket('udp4'), createSocket('udp4')];
  t.teardown(() => [forged, asker].forEach(socket => socket.close()));
  await once(forged.bind(port, '127.0.0.2'), 'listening');
  await once(asker.bind(0, '127.0.0.1'), 'listening');
  const first = once(forged, 'message') as Promise<[Buffer]>;
  forged.send('forged', port, '127.0.0.1', () => asker.send('asked', port, '127.0.0.1'));
  t.equal(String(((await once(asker, 'message')) as [Buffer])[0]), '127.0.0.1', 'what came after it is');
  asker.send('last', port, '127.0.0.2');
  t.equal(String((await first)[0]), 'last', 'and nothing came before');
});

t.test('silence is a failure, or is right', async t => {
  const port = await freePort();
  const silent = (['tcp', 'udp', 'open', 'stream'] as const).map(protocol => ({
    ...{ from: HERE, to: '127.0.0.1', port, protocol, bytes: 10 },
  }));
  t.strictSame(
    await failuresOf(silent, access, SILENCE_MS),
    ['open', 'stream', 'tcp', 'udp'].map(protocol => `here → 127.0.0.1 ${protocol} of 10 bytes: no answer`),
  );
  const denied = silent.map(attempt => ({ ...attempt, mustFail: true as const }));
  t.strictSame(await failuresOf(denied, access, SILENCE_MS), []);
});

t.test('more questions than go at once are all asked', async t => {
  const port = await freePort();
  await serve(t, ECHO_SERVER, String(port));
  const many = Array.from({ length: 450 }, () => ({
    ...{ from: HERE, to: '127.0.0.1', port, protocol: 'udp' as const },
  }));
  const outcomes = await outcomesOf(many, access, ANSWER_MS);
  t.equal(outcomes.length, 450);
  t.ok(outcomes.every(outcome => outcome === undefined));
});

t.test('a client that cannot be run is told, with its words', async t => {
  const broken = { ...access, node: '/bin/false' };
  const attempt = { from: HERE, to: '127.0.0.1', protocol: 'tcp' as const };
  await t.rejects(outcomesOf([attempt], broken, SILENCE_MS), {
    message: 'the client in here ended with 1: ',
  });
});
