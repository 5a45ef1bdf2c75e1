import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Source } from '../../../../loader/sources/source.ts';
import { begun, networkPolicy, PATHS, pod, scene, shopPod, until } from './scene.ts';

t.test('start resolves when every kind has been told, in one state', async t => {
  const { state, told, problems, server } = await scene(t, {
    prepare: ({ collections }) => {
      collections.put(networkPolicy('closed'));
      collections.put({
        kind: 'ClusterNetworkPolicy',
        metadata: { name: 'admin' },
        spec: { tier: 'Admin', priority: 10, subject: { namespaces: {} } },
      });
    },
  });
  t.equal(told.length, 1);
  t.strictSame([...state().nodes.keys()], ['a']);
  t.strictSame([...state().namespaces.keys()], ['shop']);
  t.strictSame([...state().pods.keys()].sort(), ['p1', 'p2', 'p3', 'p4'].map(shopPod));
  t.strictSame(state().pods.get(shopPod('p4'))?.addresses, ['10.1.0.4']);
  t.strictSame([...state().policies.keys()], ['NetworkPolicy shop/closed', 'ClusterNetworkPolicy admin']);
  t.strictSame(problems(), []);
  const [first, second] = server.seen(PATHS.pods, 'list');
  t.strictSame(first?.query, { limit: '3' });
  t.equal(second?.query['limit'], '3');
  t.ok(second?.query['continue']);
});

t.test('each kind is watched from where its list ended, for five to ten minutes', async t => {
  const { server } = await scene(t, { unready: () => ({ reason: 'Start', message: 'it goes on' }) });
  for (const path of Object.values(PATHS)) {
    const [watch, ...more] = server.seen(path, 'watch');
    t.strictSame(more, []);
    const { timeoutSeconds, ...query } = watch?.query ?? {};
    const resourceVersion = String(server.collections.version);
    t.strictSame(query, { watch: 'true', allowWatchBookmarks: 'true', resourceVersion });
    t.ok(Number(timeoutSeconds) >= 300 && Number(timeoutSeconds) <= 600, path);
  }
});

t.test('objects that come, change and go are told; what has not changed is the same map', async t => {
  const { state, server } = await scene(t);
  const before = state();
  server.collections.put(pod('p5', '10.1.0.5'));
  await until(() => state().pods.has(shopPod('p5')), 'a pod comes');
  t.notOk(before.pods.has(shopPod('p5')), 'what was told stays as it was');
  t.equal(state().nodes, before.nodes);
  t.equal(state().policies, before.policies);
  server.collections.put(pod('p5', '10.1.0.6'));
  await until(() => state().pods.get(shopPod('p5'))?.addresses[0] === '10.1.0.6', 'it changes');
  server.collections.remove(pod('p5', '10.1.0.6'));
  await until(() => !state().pods.has(shopPod('p5')), 'it goes');
  t.equal(state().pods.get(shopPod('p1')), before.pods.get(shopPod('p1')));
});

t.test('a change of what Heddle does not use is not told', async t => {
  const { told, state, server } = await scene(t);
  const pods = state().pods;
  server.collections.put(
    pod('p1', '10.1.0.1', { metadata: { name: 'p1', namespace: 'shop', annotations: { a: 'b' } } }),
  );
  server.collections.put({ kind: 'Namespace', metadata: { name: 'later' } });
  await until(() => state().namespaces.has('later'), 'something else is told');
  t.equal(state().pods, pods);
  t.equal(told.length, 2);
});

t.test('changes that come together are told together', async t => {
  const { told, state, server } = await scene(t, { timing: { gatherMs: 100 } });
  for (let i = 5; i < 50; i++) server.collections.put(pod(`p${i}`, `10.1.0.${i}`));
  await until(() => state().pods.size === 49, 'all have come');
  // One after the other they would be 45.
  t.ok(told.length < 12, `told ${told.length} times`);
});

t.test('publish writes nothing: the kubelet reports the addresses of pods', async t => {
  const { source, server } = await scene(t, { unready: () => ({ reason: 'Start', message: 'it goes on' }) });
  const publisher: Source = source;
  await publisher.publish(new Map([[shopPod('p1'), { addresses: [] }]]));
  t.strictSame(server.writes(), []);
});

t.test('nothing is told after stop', async t => {
  const { source, told, server } = await scene(t);
  await source.stop();
  server.collections.put(pod('p5', '10.1.0.5'));
  await sleep(60);
  t.equal(told.length, 1);
  await until(() => server.watching(PATHS.pods) === 0, 'the watch has ended');
});

t.test('stop ends a start that waits for the server', async t => {
  const { source, started, told, server, waiting } = await begun(t, {
    prepare: server => (server.fault = ({ path }) => (path === PATHS.pods ? { status: 503 } : undefined)),
  });
  await until(() => waiting.length > 0, 'it is said what is waited for');
  await source.stop();
  await t.rejects(started, { code: 'NOT_READY' });
  t.strictSame(told, []);
  t.match(waiting[0], /^the API server answers 503 to 'list pods' since /);
  await until(() => server.watching(PATHS.nodes) === 0, 'the other watches have ended');
});
