// The client of etcd itself against a real etcd: watches that live, large answers, leases, proxies.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as connectSocket, type AddressInfo } from 'node:net';
import { EtcdClient, isEtcdError, oneKey, prefixRange, type WatchEvent } from 'etcd';
import t from 'tap';
import { startEtcd } from '../../support/etcd.ts';
import { compactNow } from '../../support/etcd-gateway.ts';
import { etcdClient, etcdNode, initCluster, started } from './etcd-node.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

interface Followed {
  readonly events: WatchEvent[];
  /** How many at once. */
  readonly sizes: number[];
  readonly aliveAtMs: number[];
  readonly end: Promise<unknown>;
}

interface Test {
  teardown(undo: () => unknown): void;
}

/** Whatever ends the watch is what `end` resolves with. */
function follow(t: Test, etcd: EtcdClient, startRevision: number, fragment = false): Followed {
  const stop = new AbortController();
  t.teardown(() => stop.abort());
  const [events, sizes, aliveAtMs]: [WatchEvent[], number[], number[]] = [[], [], []];
  const listener = {
    onEvents: (some: readonly WatchEvent[]) => {
      events.push(...some);
      sizes.push(some.length);
    },
    onAlive: (atMs: number) => void aliveAtMs.push(atMs),
  };
  const watch = etcd.watch({ range: prefixRange('/w/'), startRevision, fragment }, listener, stop.signal);
  return { events, sizes, aliveAtMs, end: watch.then(() => 'stopped').catch((error: unknown) => error) };
}

function quickClient(t: Test, endpoint: string): EtcdClient {
  const etcd = new EtcdClient({ endpoints: [endpoint], credentials: () => ({}), progressMs: 100 });
  t.teardown(() => etcd.close());
  return etcd;
}

t.test('a watch in which nothing happens proves that it lives', async t => {
  const server = await startEtcd(t);
  const etcd = quickClient(t, server.endpoint);
  const { events, aliveAtMs } = follow(t, etcd, 1);
  t.ok(await until(() => aliveAtMs.length > 3));
  t.strictSame(events, []);
  await etcd.put('/w/a', 'ä');
  t.ok(await until(() => events.length === 1));
  t.match(events[0], { type: 'put', entry: { key: '/w/a', value: 'ä', version: 1 } });
  t.equal(events[0]?.entry.modRevision, events[0]?.entry.createRevision);
});

t.test('a watch on a server that hangs ends', async t => {
  const server = await startEtcd(t);
  const { aliveAtMs, end } = follow(t, quickClient(t, server.endpoint), 1);
  t.ok(await until(() => aliveAtMs.length > 0));
  server.pause();
  const error = await end;
  t.ok(isEtcdError(error, 'TIMEOUT'), String(error));
  server.resume();
});

t.test('an answer that is large, or comes in fragments, is one', async t => {
  const server = await startEtcd(t);
  const etcd = etcdClient(t, server.endpoint);
  const value = 'x'.repeat(1_000_000);
  for (let i = 0; i < 6; i++) await etcd.put(`/w/${i}`, value);
  for (const fragment of [false, true]) {
    const { events, sizes } = follow(t, etcd, 1, fragment);
    t.ok(await until(() => events.length === 6));
    t.strictSame(sizes, [6]);
    t.ok(events.every(({ entry }) => entry.value.length === value.length));
  }
});

t.test('a revision that is compacted ends the watch, and one of the future is refused', async t => {
  const server = await startEtcd(t);
  const etcd = etcdClient(t, server.endpoint);
  for (let i = 0; i < 5; i++) await etcd.put('/w/a', String(i));
  await compactNow(server.endpoint);
  const error = await follow(t, etcd, 2).end;
  t.ok(isEtcdError(error, 'COMPACTED'), String(error));
  await t.rejects(etcd.range(oneKey('/w/a'), { revision: 2 }), { code: 'COMPACTED' });
  await t.rejects(etcd.range(oneKey('/w/a'), { revision: 1_000 }), { code: 'FUTURE_REVISION' });
  t.equal((await etcd.get('/w/a'))?.value, '4', 'the connection is the same');
});

t.test('a lease holds its keys as long as it is renewed', async t => {
  const server = await startEtcd(t);
  const etcd = etcdClient(t, server.endpoint);
  const lease = await etcd.grantLease(2);
  await etcd.put('/w/leased', 'x', lease);
  t.ok(await etcd.renewLease(lease));
  t.ok(await until(async () => (await etcd.get('/w/leased')) === undefined), 'it expires');
  t.notOk(await etcd.renewLease(lease));
  await t.rejects(etcd.put('/w/leased', 'x', lease), { code: 'REFUSED' });
});

t.test('a node that hangs for longer than its lease is there again', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint, leaseSeconds: 2 }));
  const before = await etcd.get('/heddle/alive/n1');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 8_000);
  const isNew = async () => {
    const alive = await etcd.get('/heddle/alive/n1');
    return alive !== undefined && alive.createRevision !== before?.createRevision;
  };
  t.ok(await until(isNew), 'its key has expired, and is made anew');
  t.ok(await until(() => node.problems.length === 0), node.problems.join());
});

t.test('a client that is closed ends what is under way', async t => {
  const server = await startEtcd(t);
  const etcd = etcdClient(t, server.endpoint);
  const { end, aliveAtMs } = follow(t, etcd, 1);
  t.ok(await until(() => aliveAtMs.length > 0));
  etcd.close();
  t.ok(isEtcdError(await end, 'CLOSED'));
  await t.rejects(etcd.get('/w/a'), { code: 'CLOSED' });
});

/** Until the test ends. */
function setEnvironment(t: Test, name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  t.teardown(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before;
  });
}

t.test("a proxy of the environment is for other machines' etcd alone", async t => {
  const server = await startEtcd(t);
  const port = Number(new URL(server.endpoint).port);
  const asked: string[] = [];
  const proxy = createServer().listen(0, '127.0.0.1');
  proxy.on('connect', ({ url = '' }, client) => {
    asked.push(url);
    const upstream = connectSocket(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  await once(proxy, 'listening');
  t.teardown(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  setEnvironment(t, 'http_proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  setEnvironment(t, 'no_proxy', '');
  const hosts = ['127.0.0.1', 'localhost', '127.1', '[::ffff:127.0.0.1]'];
  for (const host of hosts) {
    await etcdClient(t, `http://${host}:${port}`).put('/w/a', host);
    t.strictSame(asked, [], `${host} is never proxied`);
  }
  const far = etcdClient(t, `http://192.0.2.1:${port}`);
  t.equal((await far.get('/w/a'))?.value, hosts.at(-1));
  t.strictSame(asked, [`192.0.2.1:${port}`]);
  far.close();
});
