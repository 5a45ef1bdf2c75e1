import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { PATHS, scene, until } from './scene.ts';

const { clusterNetworkPolicies: PATH } = PATHS;
const ADMIN = {
  kind: 'ClusterNetworkPolicy',
  metadata: { name: 'admin' },
  spec: { tier: 'Admin', priority: 10, subject: { namespaces: {} } },
};

t.test(
  'a cluster without ClusterNetworkPolicies has none; they are looked for again, without a word',
  async t => {
    const { state, server, problems } = await scene(t, { prepare: ({ absent }) => void absent.add(PATH) });
    t.equal(state().policies.size, 0);
    t.strictSame(problems(), []);
    const looks = () => server.seen(PATH, 'list').map(({ atMs }) => atMs);
    await until(() => looks().length >= 8, 'they are looked for again');
    const [first = 0, ...others] = looks();
    // absentMs, less what chance takes off it; the first may have come late.
    const pauseMs = ((others.at(-1) ?? 0) - first) / others.length;
    t.ok(pauseMs > 60, `${pauseMs} ms from one look to the next`);
    t.strictSame(problems(), []);
    server.absent.clear();
    server.collections.put(ADMIN);
    await until(() => state().policies.size === 1, 'one is told');
  },
);

t.test(
  'policies of a kind that is suddenly unknown stay for a while: a server that starts denies what it has',
  async t => {
    const { state, server, problems } = await scene(t, {
      timing: { absentMs: 400 },
      prepare: ({ collections }) => void collections.put(ADMIN),
    });
    const { policies } = state();
    server.absent.add(PATH);
    server.endWatches(PATH);
    await until(() => problems().length > 0, 'it is told');
    t.match(problems(), [
      /^the API server answers 404 to '(watch|list) clusternetworkpolicies\.policy\.networking\.k8s\.io'/,
    ]);
    t.equal(state().policies, policies);
    await until(() => state().policies.size === 0, 'they are gone after all');
    await until(() => problems().length === 0, 'nothing is wrong');
  },
);

t.test('a kind that every cluster has is never absent', async t => {
  const { state, server, problems } = await scene(t);
  server.absent.add(PATHS.pods);
  server.endWatches(PATHS.pods);
  await until(() => problems().length > 0, 'it is told');
  await until(
    () => problems().some(sentence => sentence.includes("404 to 'list pods'")),
    'it is listed in vain',
  );
  await sleep(400); // more than absentMs
  t.equal(state().pods.size, 4);
});
