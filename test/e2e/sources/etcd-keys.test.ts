// Keys in etcd that others have written, and two daemons that write the same ones.
import { setTimeout as sleep } from 'node:timers/promises';
import { oneKey, prefixRange, type WatchEvent } from 'etcd';
import { parseAddr } from 'ip';
import t from 'tap';
import type { PodKey } from '../../../loader/model/objects.ts';
import { listObjects } from '../../../loader/sources/etcd/administration.ts';
import { keysBelow } from '../../../loader/sources/etcd/keys.ts';
import { historyAt, pointAfter } from '../../../loader/sources/etcd/resume-point.ts';
import { startEtcd } from '../../support/etcd.ts';
import { askGateway } from '../../support/etcd-gateway.ts';
import { namespaceText } from '../../support/etcd-objects.ts';
import { etcdNode, initCluster, started, type EtcdNode } from './etcd-node.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

t.test('keys that somebody else has written are told by name', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  const node = etcdNode(t, 'n1', { endpoints: server.endpoint });
  await etcd.put('/heddle/claims/n1', 'seven');
  const starting = started(node);
  const isTold = (sentence: RegExp) => until(() => sentence.test(node.delays.at(-1) ?? ''));
  t.ok(
    await isTold(
      /no pod CIDR yet: etcd has 'seven' at \/heddle\/claims\/n1, which is none of the 256 places: delete the key, and the node takes a free one/,
    ),
    node.delays.join(),
  );
  await etcd.put('/heddle/cluster', '{');
  t.ok(await isTold(/no pod CIDR yet: \/heddle\/cluster is not JSON: /), node.delays.join());
  await initCluster(t, server.endpoint);
  await etcd.delete(oneKey('/heddle/claims/n1'));
  t.strictSame((await starting).state.nodes.get('n1')?.podCidrs, ['10.244.0.0/24'], 'then it goes on');
  await etcd.put('/heddle/objects/Pod/shop/web', '{');
  const objects = await listObjects(etcd, keysBelow('/heddle'));
  const pods = objects.filter(({ kind }) => kind === 'Pod');
  t.strictSame(pods, [{ kind: 'Pod', namespace: 'shop', name: 'web', object: '{' }], 'and are listed');
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

t.test('two daemons of one name are told, and do not write against each other without a pause', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  const nodes = await Promise.all(
    [1, 2].map(async host => {
      const addresses = [parseAddr(`192.0.2.${host}`)];
      const node = await started(
        etcdNode(t, 'n1', { endpoints: server.endpoint, addresses: () => addresses }),
      );
      await node.source.publish(new Map([[`shop/web-${host}` as PodKey, { addresses }]]));
      return node;
    }),
  );
  const isTold = ({ problems }: EtcdNode): boolean =>
    problems.some(each => /another daemon registers in etcd as node n1.*"host":/.test(each));
  t.ok(await until(() => nodes.every(isTold)), nodes.map(({ problems }) => problems.join()).join(' | '));
  const revision = async () => (await etcd.range(oneKey('/heddle/cluster'))).revision;
  const before = await revision();
  await sleep(5_000);
  const writes = (await revision()) - before;
  t.ok(writes <= 60, `${writes} writes in 5 s`);
  const [first, second] = nodes;
  await second?.source.stop();
  t.ok(await until(() => first !== undefined && !isTold(first)), 'it ends with the other');
});

t.test(
  'a daemon after another one of its node, and an etcd restored to the time of that one, are no conflict',
  async t => {
    const server = await startEtcd(t);
    const etcd = await initCluster(t, server.endpoint);
    const before = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
    const alive = async () => (await etcd.get('/heddle/alive/n1'))?.value ?? '';
    const old = await alive();
    await before.source.stop();
    const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
    t.ok(await until(async () => (await alive()) !== old));
    await etcd.put('/heddle/alive/n1', old);
    t.ok(await until(async () => (await alive()) !== old), 'its own is written again');
    t.strictSame(node.problems, []);
  },
);

t.test('keys that are no UTF-8, more than a page of them, are read once each', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  const key = (i: number) => Buffer.from([...Buffer.from('/heddle/x'), 0xf5, i >> 8, i & 0xff]);
  for (let at = 0; at < 1_200; at += 100) {
    const success = Array.from({ length: 100 }, (_, i) => ({
      requestPut: { key: key(at + i).toString('base64'), value: '' },
    }));
    await askGateway(server.endpoint, 'kv/txn', { success });
  }
  await etcd.put('/heddle/objects/Namespace/shop', namespaceText('shop'));
  const node = etcdNode(t, 'n1', { endpoints: server.endpoint });
  t.ok(
    await Promise.race([started(node).then(() => true), sleep(60_000, false, { ref: false })]),
    'the snapshot ends',
  );
  t.ok(node.state.namespaces.has('shop'));
});

for (const [what, path] of [
  ['put', 'kv/put'],
  ['deleted', 'kv/deleterange'],
] as const)
  t.test(`a key that is no UTF-8 and was ${what} last is no sign of another history`, async t => {
    const server = await startEtcd(t);
    const etcd = await initCluster(t, server.endpoint);
    const key = Buffer.from([...Buffer.from('/heddle/x'), 0xf5]).toString('base64');
    const events: WatchEvent[] = [];
    const stop = new AbortController();
    const spec = { range: prefixRange('/heddle/'), startRevision: 1 };
    const watch = etcd.watch(spec, { onEvents: news => events.push(...news) }, stop.signal);
    await askGateway(server.endpoint, 'kv/put', { key, value: '' });
    if (path !== 'kv/put') await askGateway(server.endpoint, path, { key });
    t.ok(await until(() => events.length >= (path === 'kv/put' ? 2 : 3)), 'the ranges, and the key');
    stop.abort();
    await watch;
    t.equal(await historyAt(etcd, '/heddle', pointAfter(events, { revision: 0 })), 'same');
  });
