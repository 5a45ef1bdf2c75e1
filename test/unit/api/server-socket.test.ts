// The socket: found at once, by root alone, taken over from the dead and never from the living.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { API } from '../../../loader/api/client.ts';
import { ApiServer } from '../../../loader/api/server.ts';
import { emptyCluster } from '../../../loader/model/objects.ts';
import { AppliedPolicies } from '../../../loader/sources/applied/applied-policies.ts';
import { until } from '../../support/until.ts';
import { connect } from './client.ts';
import { MemoryAttacher } from './memory-attacher.ts';
import { MemoryEvents } from './memory-events.ts';
import { MemorySource } from './memory-source.ts';
import { MemoryView } from './memory-view.ts';
import { scratchFolder, serve } from './served.ts';

async function start(t: Test, socketPath: string): Promise<ApiServer> {
  const server = await ApiServer.start({
    socketPath,
    attacher: new MemoryAttacher(),
    view: new MemoryView(),
    policies: new AppliedPolicies(new MemorySource(), `${socketPath}.policies`),
    policyContext: { cluster: () => emptyCluster, localPods: () => [] },
    events: new MemoryEvents(),
  });
  t.teardown(() => server.stop());
  return server;
}

t.test('the socket is for root alone, in a folder that all may see', async t => {
  const folder = join(scratchFolder(t), 'run/heddle');
  const before = process.umask(0);
  t.teardown(() => process.umask(before));
  const { socketPath } = await start(t, join(folder, 'heddled.sock'));
  t.equal(statSync(socketPath).mode & 0o777, 0o600);
  t.equal(statSync(folder).mode & 0o777, 0o755);
  t.strictSame(readdirSync(folder), ['heddled.sock']);
});

t.test('a socket whose daemon was killed is taken over', async t => {
  const socketPath = join(scratchFolder(t), 'heddled.sock');
  const script = `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => console.log('up'))`;
  const killed = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  t.ok(existsSync(socketPath));
  await start(t, socketPath);
  t.match(await connect(t, socketPath).ask(API.dataplane.getStatus, {}), { node: 'node-a' });
});

t.test('a living daemon is named and left alone', async t => {
  const { socketPath } = await serve(t);
  await t.rejects(start(t, socketPath), {
    code: 'IO',
    message: `another daemon (pid ${process.pid}) listens at ${socketPath}`,
  });
  t.match(await connect(t, socketPath).ask(API.dataplane.getStatus, {}), { node: 'node-a' });
});

t.test('a living listener of another kind is left alone as well', async t => {
  const socketPath = join(scratchFolder(t), 'heddled.sock');
  const other = createServer(socket => socket.destroy()).listen(socketPath);
  await once(other, 'listening');
  t.teardown(() => other.close());
  await t.rejects(start(t, socketPath), { message: `another daemon listens at ${socketPath}` });
});

t.test('what is no socket is not removed', async t => {
  const folder = scratchFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, 'precious');
  await t.rejects(start(t, file), { message: `${file} exists and is not a socket` });
  const directory = join(folder, 'directory');
  mkdirSync(directory);
  await t.rejects(start(t, directory), { message: `${directory} exists and is not a socket` });
  t.strictSame(readdirSync(folder), ['directory', 'file']);
});

t.test('a path too long for a unix socket is refused with its name', async t => {
  const socketPath = join(scratchFolder(t), 'x'.repeat(100), 'heddled.sock');
  await t.rejects(start(t, socketPath), { code: 'INVALID_CONFIG', message: /too long for a unix socket/ });
});

t.test('stopping removes the socket, twice is once', async t => {
  const { server, socketPath } = await serve(t);
  await Promise.all([server.stop(), server.stop()]);
  t.notOk(existsSync(socketPath));
  await server.stop();
});

t.test("stopping leaves a successor's socket where it is", async t => {
  const folder = scratchFolder(t);
  const socketPath = join(folder, 'heddled.sock');
  const first = await start(t, socketPath);
  // A successor that takes over a socket it found dead, just as the first one wakes up to stop.
  const second = await start(t, join(folder, 'second.sock'));
  renameSync(second.socketPath, socketPath);
  await first.stop();
  t.ok(existsSync(socketPath));
});

t.test('a call under way when the server stops is answered', async t => {
  const { server, view, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  await client.ask(API.dataplane.getStatus, {});
  let isUnderWay = false;
  view.registerPod = async ({ addresses }) => {
    isUnderWay = true;
    await new Promise(resolve => setTimeout(resolve, 200));
    return addresses;
  };
  const pod = {
    containerId: 'c1',
    hostInterface: 'veth0',
    mac: '02:00:00:00:00:01',
    addresses: ['10.1.0.9'],
  };
  const call = client.ask(API.dataplane.registerPod, pod);
  await until(() => isUnderWay);
  await server.stop();
  t.match(await call, { addresses: ['10.1.0.9'] });
});

t.test('a request past all measure is refused, and the next one served', async t => {
  const { socketPath } = await serve(t);
  const client = connect(t, socketPath);
  await t.rejects(client.ask(API.cni.status, { config: Buffer.alloc(5 << 20) }), { code: 8 });
  t.match(await client.ask(API.dataplane.getStatus, {}), { node: 'node-a' });
});

t.test('bytes that are no message are refused, and the next request served', async t => {
  const { socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const noise = { ...API.cni.add, requestSerialize: () => Buffer.alloc(30, 0xff) };
  await t.rejects(client.ask(noise, {}), { code: 13 });
  t.match(await client.ask(API.dataplane.getStatus, {}), { node: 'node-a' });
});

// Kind: what clients find the daemon by is taken away while it runs. Examples: the folder removed (tmpfiles, an operator), the
// socket alone removed, a plain socket file of somebody dead in its place, the folder on a read-only file system.
t.test('a socket that is gone, or replaced by one without a listener, is made again', async t => {
  const folder = join(scratchFolder(t), 'run');
  const server = await start(t, join(folder, 'heddled.sock'));
  const { socketPath } = server;
  const damages: Readonly<Record<string, () => void>> = {
    'its folder removed': () => rmSync(folder, { recursive: true }),
    'the socket removed': () => rmSync(socketPath),
    'a dead socket in its place': () => {
      const script = `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`;
      rmSync(socketPath);
      spawnSync(process.execPath, ['-e', script]);
    },
  };
  for (const [title, damage] of Object.entries(damages)) {
    damage();
    await server.listen();
    t.match(await connect(t, socketPath).ask(API.dataplane.getStatus, {}), { node: 'node-a' }, title);
    t.equal(statSync(socketPath).mode & 0o777, 0o600);
  }
  await server.listen();
  t.ok(await until(() => readdirSync(folder).length === 1), 'and nothing lies beside it');
  await server.stop();
  t.strictSame(readdirSync(folder), []);
});

t.test('a call in progress is answered though the socket is made again meanwhile', async t => {
  const folder = join(scratchFolder(t), 'run');
  const server = await start(t, join(folder, 'heddled.sock'));
  const client = connect(t, server.socketPath);
  await client.ask(API.dataplane.getStatus, {});
  rmSync(folder, { recursive: true });
  const asked = client.ask(API.dataplane.getStatus, {});
  await server.listen();
  t.match(await asked, { node: 'node-a' });
});

t.test('one that cannot be made again is said, and made once it can be', async t => {
  const folder = join(scratchFolder(t), 'run');
  const server = await start(t, join(folder, 'heddled.sock'));
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file in the way');
  await t.rejects(server.listen(), /EEXIST|ENOTDIR/);
  rmSync(folder);
  await server.listen();
  t.match(await connect(t, server.socketPath).ask(API.dataplane.getStatus, {}), { node: 'node-a' });
});
