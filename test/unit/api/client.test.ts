// The client: what it says when the daemon is absent, slow, or has much to tell.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { status } from '@grpc/grpc-js';
import t from 'tap';
import { API } from '../../../loader/api/client.ts';
import { askStatus, probeDaemon } from '../../../loader/api/status-client.ts';
import { connect, refusal } from './client.ts';
import { remotePod } from './memory-view.ts';
import { scratchFolder, serve } from './served.ts';

t.test('nobody listening is UNAVAILABLE', async t => {
  const client = connect(t, `${scratchFolder(t)}/none.sock`);
  t.equal((await refusal(client.ask(API.dataplane.getStatus, {}))).code, status.UNAVAILABLE);
});

t.test('a slow daemon is DEADLINE_EXCEEDED', async t => {
  const { view, socketPath } = await serve(t);
  view.unregisterPod = () => new Promise(() => undefined);
  const call = connect(t, socketPath).ask(API.dataplane.unregisterPod, { containerId: 'c1' }, 100);
  t.equal((await refusal(call)).code, status.DEADLINE_EXCEEDED);
});

t.test('the status is asked in one call, and undefined when nobody answers', async t => {
  const { socketPath } = await serve(t);
  t.match(await askStatus(socketPath), { node: 'node-a', ready: true });
  t.equal(await askStatus(`${socketPath}.none`), undefined);
});

t.test(
  'one that has the socket and answers nothing hangs, and is told from one that is not there',
  async t => {
    const { socketPath } = await serve(t);
    t.equal(await probeDaemon(socketPath), 'answers');
    t.equal(await probeDaemon(`${socketPath}.none`), 'absent');
    const silent = createServer().listen(`${socketPath}.silent`);
    await once(silent, 'listening');
    const accepted: { destroy(): void }[] = [];
    silent.on('connection', connection => accepted.push(connection));
    t.equal(await probeDaemon(`${socketPath}.silent`, 100), 'hangs');
    for (const connection of accepted) connection.destroy();
    silent.close();
  },
);

t.test('fifty thousand endpoints are listed in their order', async t => {
  const { view, socketPath } = await serve(t);
  const endpoints = Array.from({ length: 50_000 }, (_, i) =>
    remotePod(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, `p${i}`),
  );
  view.set({ endpoints: endpoints.toReversed() });
  const reply = await connect(t, socketPath).ask(API.dataplane.listEndpoints, {}, 60_000);
  t.equal(reply.endpoints.length, 50_000);
  t.ok(reply.endpoints.every((one, i) => one.podName === `p${i}`));
});
