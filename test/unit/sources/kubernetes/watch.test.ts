import t from 'tap';
import { pod, PATHS, scene, shopPod, until } from './scene.ts';

t.test('a watch goes on from the last version that it saw, bookmarks included', async t => {
  const { state, server } = await scene(t);
  server.collections.put(pod('p5', '10.1.0.5'));
  await until(() => state().pods.size === 5, 'the change is told');
  server.collections.put({ kind: 'Namespace', metadata: { name: 'later' } });
  const { version } = server.collections;
  server.bookmark(PATHS.pods);
  server.endWatches(PATHS.pods);
  await until(() => server.seen(PATHS.pods, 'watch').length === 2, 'it is watched again');
  t.equal(server.seen(PATHS.pods, 'watch')[1]?.query['resourceVersion'], String(version));
  t.equal(server.seen(PATHS.pods, 'list').length, 2, 'nothing is listed again');
});

for (const how of ['as a status', 'as an event'] as const)
  t.test(`410 ${how}: listed again, and the difference told`, async t => {
    const { state, server, problems, told } = await scene(t);
    const kept = state().pods.get(shopPod('p2'));
    server.expiresInStream = how === 'as an event';
    server.endWatches(PATHS.pods);
    server.collections.remove(pod('p1', ''));
    server.collections.put(pod('p9', '10.1.0.9'));
    server.collections.compact();
    await until(() => state().pods.has(shopPod('p9')), 'what has come is told');
    t.notOk(state().pods.has(shopPod('p1')), 'and what has gone');
    t.equal(state().pods.get(shopPod('p2')), kept);
    t.equal(server.seen(PATHS.pods, 'list').length, 4);
    await until(() => problems().length === 0, 'nothing is wrong');
    t.ok(told.length < 6, `told ${told.length} times`);
  });

t.test('a stream that breaks within a line goes on where it was, without a word', async t => {
  const { state, server, problems } = await scene(t);
  server.breakWatches(PATHS.pods);
  await until(() => server.watching(PATHS.pods) === 0, 'it is broken');
  server.collections.put(pod('p5', '10.1.0.5'));
  await until(() => state().pods.has(shopPod('p5')), 'what came meanwhile is told');
  await until(() => problems().length === 0, 'nothing is wrong');
  t.equal(server.seen(PATHS.pods, 'list').length, 2);
});

t.test('a server that ends every watch at once is not asked without a pause', async t => {
  const { server, problems } = await scene(t, { timing: { steadyMs: 500 } });
  server.fault = ({ path, query }) => {
    if (path === PATHS.pods && 'watch' in query) setImmediate(() => server.endWatches(PATHS.pods));
    return undefined;
  };
  server.endWatches(PATHS.pods);
  const before = server.seen(PATHS.pods, 'watch').length;
  await until(() => problems().length > 0, 'it is told');
  await new Promise<void>(resolve => setTimeout(resolve, 600));
  const asked = server.seen(PATHS.pods, 'watch').length - before;
  t.ok(asked < 40, `${asked} times in 600 ms`);
});

t.test('an event that comes in pieces, within a letter of two bytes, is one event', async t => {
  const { state, server } = await scene(t);
  const object = {
    ...pod('p5', '10.1.0.5'),
    metadata: { name: 'p5', namespace: 'shop', labels: { a: 'ü' } },
  };
  server.breakWatches(PATHS.namespaces, ' ');
  const line = Buffer.from(`${JSON.stringify({ type: 'ADDED', object })}\n`);
  const at = line.indexOf(0xc3) + 1;
  await server.writeRaw(PATHS.pods, line.subarray(0, at));
  await server.writeRaw(PATHS.pods, line.subarray(at));
  await until(() => state().pods.has(shopPod('p5')), 'it is told');
  t.strictSame(state().pods.get(shopPod('p5'))?.labels, { a: 'ü' });
});

t.test('a version that the server does not have yet, as after a restored backup: listed again', async t => {
  const { state, server, problems } = await scene(t);
  const lists = server.seen(PATHS.pods, 'list').length;
  server.fault = ({ path, query }) =>
    path === PATHS.pods && 'watch' in query && server.seen(PATHS.pods, 'list').length === lists
      ? { status: 504, message: 'Too large resource version' }
      : undefined;
  server.endWatches(PATHS.pods);
  await until(
    () => server.watching(PATHS.pods) === 1 && server.seen(PATHS.pods, 'list').length > lists,
    'listed',
  );
  await until(() => problems().length === 0, 'nothing is wrong');
  t.equal(state().pods.size, 4, 'and no pod was forgotten');
});

t.test('an event of a type that is not known yet is passed over', async t => {
  const { state, server, problems } = await scene(t);
  await server.writeRaw(PATHS.pods, Buffer.from('{"type":"SNAPSHOT","object":{"kind":"Future"}}\n'));
  server.collections.put(pod('p5', '10.1.0.5'));
  await until(() => state().pods.has(shopPod('p5')), 'what follows is known');
  t.equal(server.seen(PATHS.pods, 'watch').length, 1, 'on the same watch');
  t.strictSame(problems(), []);
});
