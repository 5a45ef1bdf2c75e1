// An API server whose etcd was restored from a backup: its versions go back, and a watch from a version to come is silent.
import t from 'tap';
import { networkPolicy, pod, PATHS, scene, shopPod, until, type Scene } from './scene.ts';

/** After the backup a pod and a policy went, and a pod came; each leaves the server further than the backup was. */
async function sceneWithBackup(t: Parameters<typeof scene>[0], options: Parameters<typeof scene>[1] = {}) {
  const one = await scene(t, {
    ...options,
    prepare: ({ collections }) => {
      collections.put(networkPolicy('old'));
      collections.put(pod('p5', '10.1.0.5'));
    },
  });
  const { collections } = one.server;
  const backup = collections.backup();
  collections.remove(networkPolicy('old'));
  collections.remove(pod('p5', ''));
  collections.put(pod('p6', '10.1.0.6'));
  await until(() => one.state().pods.has(shopPod('p6')) && one.state().policies.size === 0, 'all is known');
  return { ...one, backup };
}

async function isAsInBackup(t: Tap, { state, server, problems }: Scene): Promise<void> {
  const { pods, policies } = { pods: () => state().pods, policies: () => state().policies };
  await until(() => pods().has(shopPod('p5')) && policies().size === 1, 'what the backup has is back');
  await until(() => !pods().has(shopPod('p6')), 'and what came after it is gone');
  server.collections.put(pod('p7', '10.1.0.7'));
  await until(() => pods().has(shopPod('p7')), 'changes come, though their versions were seen before');
  await until(() => problems().length === 0, 'nothing is wrong');
  t.equal(pods().size, 6);
}
type Tap = Parameters<typeof scene>[0];

t.test('the server restarts with a backup: noticed when the watches are made anew', async t => {
  const one = await sceneWithBackup(t);
  await one.server.goAway();
  await one.server.comeUp(one.backup);
  await isAsInBackup(t, one);
});

t.test('the versions go back behind watches that go on: noticed by their silence', async t => {
  const one = await sceneWithBackup(t, { timing: { quietMs: 200 } });
  one.server.collections.restore(one.backup);
  await isAsInBackup(t, one);
});

t.test('each watch ends in time, and another server behind the same address has the backup', async t => {
  const one = await sceneWithBackup(t);
  one.server.collections.restore(one.backup);
  for (const path of Object.values(PATHS)) one.server.endWatches(path);
  await isAsInBackup(t, one);
});

t.test(
  'policies that the backup lacks stay until they are written again, and are deleted as ever',
  async t => {
    const { server, state, problems } = await scene(t);
    const { collections } = server;
    const backup = collections.backup();
    for (const name of ['one', 'two']) collections.put(networkPolicy(name));
    await until(() => state().policies.size === 2, 'they are known');
    await server.goAway();
    await server.comeUp(backup);
    await until(
      () => problems().some(text => /has lost NetworkPolicy shop\/one and 1 more/.test(text)),
      'it is told',
    );
    t.equal(state().policies.size, 2, 'nobody has deleted them');
    collections.put(networkPolicy('one'));
    collections.put(networkPolicy('two'));
    await until(() => problems().length === 0, 'nothing is wrong');
    collections.remove(networkPolicy('one'));
    await until(() => state().policies.size === 1, 'a deletion is one');
  },
);

t.test('policies that are gone from a server of the same history were deleted, all of them, too', async t => {
  const { server, state, problems } = await scene(t, {
    prepare: ({ collections }) => collections.put(networkPolicy('one')),
  });
  server.endWatches(PATHS.networkPolicies);
  server.collections.remove(networkPolicy('one'));
  server.collections.compact();
  await until(() => state().policies.size === 0, 'they are gone');
  t.strictSame(problems(), []);
});

t.test(
  'a version that is not lower is watched on from, and a list of one object is all that it costs',
  async t => {
    const { server, state } = await scene(t);
    server.endWatches(PATHS.pods);
    server.collections.put(pod('p5', '10.1.0.5'));
    await until(() => state().pods.has(shopPod('p5')), 'it goes on');
    t.equal(server.seen(PATHS.pods, 'list').length, 2, 'nothing is listed again');
    t.equal(server.seen(PATHS.pods, 'version').length, 1);
  },
);
