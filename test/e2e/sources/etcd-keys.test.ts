// Keys in etcd that others have written, and two daemons that write the same ones.
import { setTimeout as sleep } from 'node:timers/promises';
import { oneKey } from 'etcd';
import { parseAddr } from 'ip';
import t from 'tap';
import type { PodKey } from '../../../loader/model/objects.ts';
import { listObjects } from '../../../loader/sources/etcd/administration.ts';
import { keysBelow } from '../../../loader/sources/etcd/keys.ts';
import { startEtcd } from '../../support/etcd.ts';
import { etcdNode, initCluster, started } from './etcd-node.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

t.test('keys that somebody else has written are told by name', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  const start = () => started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
  await etcd.put('/heddle/claims/n1', 'seven');
  await t.rejects(start(), {
    code: 'INVALID_CONFIG',
    message:
      "etcd has 'seven' at /heddle/claims/n1, which is none of the 256 places: delete the key, and the node takes a free one",
  });
  await etcd.put('/heddle/cluster', '{');
  await t.rejects(start(), { code: 'INVALID_CONFIG', message: /^\/heddle\/cluster is not JSON: / });
  await etcd.put('/heddle/objects/Pod/shop/web', '{');
  const objects = await listObjects(etcd, keysBelow('/heddle'));
  t.strictSame(objects, [{ kind: 'Pod', namespace: 'shop', name: 'web', object: '{' }], 'and are listed');
});

t.test('how old the news may be is known', async t => {
  const server = await startEtcd(t);
  await initCluster(t, server.endpoint);
  const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
  const confirmedAtMs = () => node.source.watches()[0]?.confirmedAtMs ?? 0;
  const begunMs = performance.now();
  t.ok(await until(() => confirmedAtMs() > begunMs), 'though nothing happens');
  t.match(node.source.watches(), [{ name: '/heddle', isSilent: false }]);
  server.pause();
  t.ok(await until(() => /cannot be reached since/.test(node.problems.join())));
  const lastMs = confirmedAtMs();
  server.resume();
  t.ok(await until(() => confirmedAtMs() > lastMs && node.problems.length === 0), node.problems.join());
});

t.test('two daemons of one name do not write against each other without a pause', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  for (const host of [1, 2]) {
    const addresses = [parseAddr(`192.0.2.${host}`)];
    const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint, addresses: () => addresses }));
    await node.source.publish(new Map([[`shop/web-${host}` as PodKey, { addresses }]]));
  }
  const revision = async () => (await etcd.range(oneKey('/heddle/cluster'))).revision;
  const before = await revision();
  await sleep(5_000);
  const writes = (await revision()) - before;
  t.ok(writes <= 60, `${writes} writes in 5 s`);
});
