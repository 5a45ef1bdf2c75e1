// Watches: all there is, SYNCED, then every change; and a reader that does not read.
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { API } from '../../../loader/api/client.ts';
import { heddle } from '../../../loader/api/proto.gen.js';
import { connect, watch } from './client.ts';
import { localPod, NODE, remotePod, ROUTE } from './memory-view.ts';
import { scratchFolder, serve } from './served.ts';

const { EventKind } = heddle.v1;
const ADDED = EventKind.EVENT_KIND_ADDED;
const MODIFIED = EventKind.EVENT_KIND_MODIFIED;
const DELETED = EventKind.EVENT_KIND_DELETED;
const SYNCED = EventKind.EVENT_KIND_SYNCED;

function received(events: readonly heddle.v1.EndpointEvent[]): readonly (readonly [number, string])[] {
  return events.map(({ kind, endpoint }) => [kind, endpoint?.podName ?? '']);
}

t.test('a watch begins with what is there, says SYNCED, and goes on with what changes', async t => {
  const { view, socketPath } = await serve(t);
  view.set({ endpoints: [localPod('10.1.0.1', 'a'), remotePod('10.2.0.1', 'b')] });
  const reader = watch(connect(t, socketPath), API.dataplane.watchEndpoints, {});
  t.strictSame(received(await reader.take(3)), [
    [ADDED, 'a'],
    [ADDED, 'b'],
    [SYNCED, ''],
  ]);
  view.set({ endpoints: [localPod('10.1.0.1', 'a'), remotePod('10.2.0.1', 'B')] });
  t.strictSame(received(await reader.take(1)), [[MODIFIED, 'B']]);
  view.set({ endpoints: [localPod('10.1.0.2', 'c')] });
  t.strictSame(received(await reader.take(3)), [
    [DELETED, 'a'],
    [DELETED, 'B'],
    [ADDED, 'c'],
  ]);
  reader.call.cancel();
});

t.test('a watch of nothing says SYNCED at once', async t => {
  const { socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const routes = watch(client, API.dataplane.watchRoutes, {});
  const nodes = watch(client, API.dataplane.watchNodes, {});
  t.match(await routes.take(1), [{ kind: SYNCED }]);
  t.match(await nodes.take(1), [{ kind: SYNCED }]);
  routes.call.cancel();
  nodes.call.cancel();
});

t.test('routes and nodes are watched as endpoints are', async t => {
  const { view, socketPath } = await serve(t);
  view.set({ routes: [ROUTE], nodes: [NODE] });
  const client = connect(t, socketPath);
  const routes = watch(client, API.dataplane.watchRoutes, {});
  const nodes = watch(client, API.dataplane.watchNodes, {});
  t.match(await routes.take(2), [{ kind: ADDED, route: { prefix: '10.2.0.0/24' } }, { kind: SYNCED }]);
  t.match(await nodes.take(2), [{ kind: ADDED, node: { name: 'node-b' } }, { kind: SYNCED }]);
  view.set({ routes: [{ ...ROUTE, mtu: 1400 }], nodes: [] });
  t.match(await routes.take(1), [{ kind: MODIFIED, route: { mtu: 1400 } }]);
  t.match(await nodes.take(1), [{ kind: DELETED, node: { name: 'node-b' } }]);
  routes.call.cancel();
  nodes.call.cancel();
});

t.test('a watch that is cancelled leaves no listener', async t => {
  const { view, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const readers = Array.from({ length: 20 }, () => watch(client, API.dataplane.watchEndpoints, {}));
  await Promise.all(readers.map(reader => reader.take(1)));
  t.equal(view.listenerCount, 20);
  for (const reader of readers) reader.call.cancel();
  for (let waited = 0; view.listenerCount > 0 && waited < 2_000; waited += 10) await delay(10);
  t.equal(view.listenerCount, 0);
});

t.test('a reader whose connection breaks leaves no listener', async t => {
  const { view, socketPath } = await serve(t);
  const between = join(scratchFolder(t), 'between.sock');
  const sockets: Socket[] = [];
  const proxy = createServer(downstream => {
    const upstream = createConnection(socketPath);
    sockets.push(upstream, downstream);
    downstream.on('error', () => undefined).pipe(upstream);
    upstream.on('error', () => undefined).pipe(downstream);
  }).listen(between);
  t.teardown(() => proxy.close());
  const reader = watch(connect(t, between), API.dataplane.watchEndpoints, {});
  await reader.take(1);
  t.equal(view.listenerCount, 1);
  for (const socket of sockets) socket.destroy();
  for (let waited = 0; view.listenerCount > 0 && waited < 2_000; waited += 10) await delay(10);
  t.equal(view.listenerCount, 0);
});

t.test('a reader that does not read costs nothing, and learns the end of the story', async t => {
  const { view, socketPath } = await serve(t);
  const count = 2_000;
  const pods = (generation: number) =>
    Array.from({ length: count }, (_, i) =>
      remotePod(`10.2.${i >> 8}.${i & 255}`, `${generation}-${'x'.repeat(200)}`),
    );
  view.set({ endpoints: pods(0) });
  const reader = watch(connect(t, socketPath), API.dataplane.watchEndpoints, {});
  reader.call.pause();
  for (let generation = 1; generation <= 50; generation++) {
    view.set({ endpoints: pods(generation) });
    await delay(5);
  }
  const last = new Map<string, string>();
  let events = 0;
  while ([...last.values()].filter(name => name.startsWith('50-')).length < count) {
    const [event] = await reader.take(1);
    events++;
    if (event?.endpoint) last.set(event.endpoint.address ?? '', event.endpoint.podName ?? '');
  }
  t.ok(events < 10 * count, `${events} events were queued for ${50 * count} changes`);
  reader.call.cancel();
});

t.test('a server that stops ends its watches and leaves no socket', async t => {
  const { server, socketPath } = await serve(t);
  const reader = watch(connect(t, socketPath), API.dataplane.watchEndpoints, {});
  await reader.take(1);
  const ended = t.rejects(reader.take(1));
  await server.stop();
  await ended;
});
