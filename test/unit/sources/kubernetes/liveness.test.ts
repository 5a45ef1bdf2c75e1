// How old the news of each kind may be: bookmarks prove it, and silence is a problem that ends.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { PATHS, pod, scene, shopPod, until, type Scene } from './scene.ts';

function ageMs({ source }: Scene, name: string): number {
  const watch = source.watches().find(each => each.name === name);
  return performance.now() - (watch?.confirmedAtMs ?? -Infinity);
}

t.test('every kind has a proof of life from the start, also one that the cluster does not have', async t => {
  const { source } = await scene(t, {
    prepare: ({ absent }) => void absent.add(PATHS.clusterNetworkPolicies),
  });
  t.strictSame(
    source
      .watches()
      .map(({ name, isSilent, confirmedAtMs }) => [name, isSilent, confirmedAtMs !== undefined]),
    [
      ['nodes', false, true],
      ['namespaces', false, true],
      ['pods', false, true],
      ['networkpolicies.networking.k8s.io', false, true],
      ['clusternetworkpolicies.policy.networking.k8s.io', false, true],
    ],
  );
});

t.test('a bookmark makes the news of its kind new, and of no other', async t => {
  const one = await scene(t);
  await sleep(300);
  one.server.bookmark(PATHS.pods);
  await until(() => ageMs(one, 'pods') < 100, 'it is new');
  t.ok(ageMs(one, 'nodes') > 250);
});

t.test('a server that answers nothing any more: silence is told, and its end', async t => {
  const one = await scene(t, { timing: { quietMs: 1_500, silentMs: 3_000, answerMs: 200 } });
  one.server.fault = () => 'hang';
  await until(() => one.problems().some(each => each.includes('has proven no news for')), 'it is told');
  t.ok(one.source.watches().every(({ isSilent }) => isSilent));
  t.equal(one.state().pods.size, 4, 'what is known stays');
  one.server.fault = () => undefined;
  await until(() => one.problems().length === 0, 'it is over');
  t.ok(one.source.watches().every(({ isSilent }) => !isSilent));
});

t.test('a watch that has begun is no proof of life', async t => {
  const one = await scene(t);
  await sleep(300);
  one.server.breakWatches(PATHS.nodes);
  await until(() => one.server.seen(PATHS.nodes, 'watch').length === 2, 'it is watched again');
  await until(() => one.server.watching(PATHS.nodes) === 1, 'and open');
  await sleep(100);
  t.ok(ageMs(one, 'nodes') > 300);
  one.server.bookmark(PATHS.nodes);
  await until(() => ageMs(one, 'nodes') < 100, 'a bookmark is one');
});

t.test(
  'a stream that is open and says nothing, without bookmarks, is ended by the server from then on, and is no silence',
  async t => {
    const one = await scene(t, { timing: { quietMs: 2_500, silentMs: 8_000 } });
    const watches = () => one.server.seen(PATHS.pods, 'watch');
    await until(() => watches().length >= 10, 'it is made anew');
    t.strictSame(one.problems(), []);
    t.ok(one.source.watches().every(({ isSilent }) => !isSilent));
    t.equal(watches().at(-1)?.query['timeoutSeconds'], '1');
    one.server.collections.put(pod('p5', '10.1.0.5'));
    await until(() => one.state().pods.has(shopPod('p5')), 'changes go on');
    t.equal(one.server.seen(PATHS.pods, 'list').length, 2, 'nothing is listed again');
  },
);

t.test('behind a proxy that buffers, changes come with the end of short watches', async t => {
  const one = await scene(t, {
    timing: { quietMs: 2_500, silentMs: 8_000 },
    prepare: server => server.buffer(),
  });
  one.server.bookmarkEvery(200);
  one.server.collections.put(pod('p5', '10.1.0.5'));
  await until(() => one.state().pods.has(shopPod('p5')), 'it is known in the end');
  one.server.collections.remove(pod('p5', ''));
  await until(() => !one.state().pods.has(shopPod('p5')), 'and soon');
  await sleep(3_000);
  t.ok(one.source.watches().every(({ isSilent }) => !isSilent));
  t.strictSame(one.problems(), []);
  t.equal(one.server.seen(PATHS.pods, 'list').length, 2, 'nothing is listed again');
});

t.test('bookmarks, as the server sends them by itself, keep a watch that has no events', async t => {
  const one = await scene(t, {
    timing: { quietMs: 2_000 },
    prepare: server => server.bookmarkEvery(50),
  });
  await sleep(2_500);
  t.equal(one.server.seen(PATHS.pods, 'watch').length, 1);
  t.ok(ageMs(one, 'pods') < 1_000);
});
