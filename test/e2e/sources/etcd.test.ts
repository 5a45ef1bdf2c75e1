// The etcd source against a real etcd: places taken by transaction, objects followed, etcd away, compacted and back.
import { parseAddr } from 'ip';
import { oneKey, prefixRange } from 'etcd';
import t from 'tap';
import type { PodKey } from '../../../loader/model/objects.ts';
import { applyObjects, listObjects } from '../../../loader/sources/etcd/administration.ts';
import { keysBelow } from '../../../loader/sources/etcd/keys.ts';
import { startEtcd } from '../../support/etcd.ts';
import { compactNow } from '../../support/etcd-gateway.ts';
import { etcdNode, initCluster, keysBelow as keysOf, started } from './etcd-node.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  spec: { nodeName: 'n2' },
  status: { podIPs: [{ ip: '10.244.9.9' }] },
};

function podText(name: string, labels = {}): string {
  return JSON.stringify({ ...POD, metadata: { name, namespace: 'shop', labels } });
}

t.test('a cluster that nobody has initialised is told how, and waited for', async t => {
  const server = await startEtcd(t);
  const node = etcdNode(t, 'n1', { endpoints: server.endpoint });
  const starting = started(node);
  t.ok(await until(() => /has no \/heddle\/cluster: run 'heddlectl cluster init/.test(node.delays.join())));
  await initCluster(t, server.endpoint);
  t.strictSame((await starting).state.nodes.get('n1')?.podCidrs, ['10.244.0.0/24']);
});

t.test(
  'a node whose place etcd has lost takes the one that its overlay device has, if nobody else has',
  async t => {
    const server = await startEtcd(t);
    await initCluster(t, server.endpoint, [
      { cidr: '10.244.0.0/16', nodePrefix: 24 },
      { cidr: 'fd00:244::/48', nodePrefix: 64 },
    ]);
    const of = async (name: string, ...addresses: readonly string[]) => {
      const heldAddresses = () => addresses.map(parseAddr);
      const node = await started(etcdNode(t, name, { endpoints: server.endpoint, heldAddresses }));
      return node.state.nodes.get(name)?.podCidrs[0];
    };
    t.equal(await of('n1', '10.244.7.1', 'fd00:244:0:7::1'), '10.244.7.0/24');
    t.equal(await of('n2', 'fd00:244:0:9::1'), '10.244.9.0/24');
    t.equal(await of('n3', '10.244.7.1'), '10.244.0.0/24', "another node's");
    t.equal(await of('n4', '192.0.2.1'), '10.244.1.0/24', 'of no range');
  },
);

t.test('fifty nodes that start at once have fifty pod CIDRs', async t => {
  const server = await startEtcd(t);
  const ranges = [
    { cidr: '10.244.0.0/16', nodePrefix: 24 },
    { cidr: 'fd00:244::/48', nodePrefix: 64 },
  ];
  await initCluster(t, server.endpoint, ranges);
  const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
  const nodes = await Promise.all(
    names.map(name => started(etcdNode(t, name, { endpoints: server.endpoint }))),
  );
  const [first] = nodes;
  t.ok(await until(() => nodes.every(node => node.state.nodes.size === 50)), 'each one knows all fifty');
  const cidrs = [...(first?.state.nodes.values() ?? [])].flatMap(node => node.podCidrs);
  t.equal(new Set(cidrs).size, 100, 'and no two have one CIDR');
  t.ok(
    cidrs.includes('10.244.49.0/24' as never) && cidrs.includes('fd00:244:0:31::/64' as never),
    'none is left out',
  );
});

t.test('a node has the CIDR again that it had, and the last one finds no place', async t => {
  const server = await startEtcd(t);
  await initCluster(t, server.endpoint, [{ cidr: '10.244.0.0/23', nodePrefix: 24 }]);
  const one = await started(etcdNode(t, 'one', { endpoints: server.endpoint }));
  const cidr = one.state.nodes.get('one')?.podCidrs;
  await one.source.stop();
  await started(etcdNode(t, 'two', { endpoints: server.endpoint }));
  const again = await started(etcdNode(t, 'one', { endpoints: server.endpoint }));
  t.strictSame(again.state.nodes.get('one')?.podCidrs, cidr);
  const three = etcdNode(t, 'three', { endpoints: server.endpoint });
  const starting = started(three);
  const isTold = () =>
    /room for 2 nodes, and all are taken: 'heddlectl cluster delete node NAME'/.test(three.delays.join());
  t.ok(await until(isTold));
  await three.source.stop();
  await t.rejects(starting, { code: 'NOT_READY' });
});

t.test('objects are followed, and a broken one stays what it was', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
  const key = '/heddle/objects/Pod/shop/web';
  await etcd.put(key, podText('web', { app: 'web' }));
  t.ok(await until(() => node.state.pods.size === 1), 'a new one is told');
  const { nodes } = node.state;
  await etcd.put(key, podText('web', { app: 'other' }));
  t.ok(
    await until(() => node.state.pods.get('shop/web' as PodKey)?.labels['app'] === 'other'),
    'a changed one, too',
  );
  t.equal(node.state.nodes, nodes, 'what has not changed is the same object');
  await etcd.put(key, '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"Web"}}');
  t.ok(
    await until(() => node.problems.some(text => /shop\/web: .*'Web' is no lower-case DNS name/.test(text))),
  );
  t.equal(node.state.pods.get('shop/web' as PodKey)?.labels['app'], 'other');
  await etcd.delete(oneKey(key));
  t.ok(await until(() => node.state.pods.size === 0 && node.problems.length === 0), 'a deleted one is gone');
});

t.test("pods' addresses reach the other node, exactly those that are published", async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  await etcd.put('/heddle/objects/Pod/shop/web', podText('web'));
  const [writer, reader] = [
    await started(etcdNode(t, 'n2', { endpoints: server.endpoint })),
    await started(etcdNode(t, 'n1', { endpoints: server.endpoint })),
  ];
  const addressesOf = () => reader.state.pods.get('shop/web' as PodKey)?.addresses;
  const [address, other] = [parseAddr('10.244.1.2'), parseAddr('10.244.1.3')];
  const one = new Map([['shop/web' as PodKey, { addresses: [address] }]]);
  await writer.source.publish(one);
  t.ok(await until(() => addressesOf()?.includes(address) === true));
  await Promise.all([
    writer.source.publish(new Map()),
    writer.source.publish(new Map([['shop/web' as PodKey, { addresses: [other] }]])),
    writer.source.publish(new Map()),
  ]);
  t.ok(await until(async () => (await keysOf(etcd, '/heddle/pods/')).length === 0), 'the last word holds');
  await writer.source.publish(one);
  await etcd.delete(prefixRange('/heddle/pods/'));
  t.ok(await until(() => addressesOf()?.includes(address) === true), 'what somebody deleted is there again');
});

t.test('etcd is killed, started, compacted and paused: nothing is lost, and somebody is told', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  for (let i = 0; i < 20; i++) await etcd.put(`/heddle/objects/Pod/shop/web-${i}`, podText(`web-${i}`));
  const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
  const { pods } = node.state;
  t.equal(pods.size, 20);

  await server.kill();
  t.ok(
    await until(() => node.problems.some(text => /cannot be reached since/.test(text))),
    'that etcd does not answer is a problem',
  );
  t.equal(node.state.pods, pods, 'the cluster stays');
  await node.source.publish(new Map([['shop/web-0' as PodKey, { addresses: [parseAddr('10.244.0.7')] }]]));
  await server.restart();
  const alive = async () => (await etcd.get('/heddle/alive/n1')) !== undefined;
  t.ok(await until(async () => node.problems.length === 0 && (await alive())), 'it is back, and so are we');
  t.ok(
    await until(async () => (await keysOf(etcd, '/heddle/pods/n1/')).length === 1),
    'what was published meanwhile is there',
  );

  server.pause();
  const hasLostLease = () => node.problems.some(text => /does not renew this node's lease/.test(text));
  t.ok(await until(hasLostLease), 'its lease is lost, and it is told');
  t.equal(node.state.pods.size, 20, 'the cluster stays');
  server.resume();
  await etcd.put('/heddle/objects/Pod/shop/late', podText('late'));
  t.ok(await until(() => node.state.pods.has('shop/late' as PodKey)), 'changes after a pause arrive');
  t.ok(await until(async () => node.problems.length === 0 && (await alive())), 'its lease is taken again');

  await server.kill();
  await server.restart();
  await etcd.delete(oneKey('/heddle/objects/Pod/shop/web-1'));
  await etcd.put('/heddle/objects/Pod/shop/later', podText('later'));
  await compactNow(server.endpoint);
  t.ok(await until(() => node.state.pods.has('shop/later' as PodKey)), 'over a compacted revision, too');
  t.notOk(node.state.pods.has('shop/web-1' as PodKey), 'and what was deleted meanwhile is gone');
});

t.test('a node waits for an etcd that is not there yet, and says so', async t => {
  const server = await startEtcd(t);
  await initCluster(t, server.endpoint);
  await server.kill();
  const node = etcdNode(t, 'n1', { endpoints: server.endpoint });
  const start = started(node);
  t.ok(await until(() => node.delays.length > 0));
  t.match(node.delays[0], /^etcd \(.*\) cannot be reached since .* what it said before stays active$/);
  t.equal(node.tellings, 0);
  await server.restart();
  await start;
  t.equal(node.state.nodes.size, 1);
});

t.test('a source that is stopped while it starts tells nobody that the cluster is empty', async t => {
  const server = await startEtcd(t);
  await server.kill();
  const node = etcdNode(t, 'n1', { endpoints: server.endpoint });
  const start = started(node);
  t.ok(await until(() => node.delays.length > 0));
  await node.source.stop();
  await t.rejects(start, { code: 'NOT_READY' });
  t.equal(node.tellings, 0);
});

t.test('more objects at once than etcd takes in one step are refused whole', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  const keys = keysBelow('/heddle');
  const objects = Array.from({ length: 129 }, (_, i) => {
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `n${i}` } };
    return { kind: 'Namespace' as const, name: `n${i}`, object };
  });
  await t.rejects(applyObjects(etcd, keys, objects), { message: /129 objects change, and etcd takes 128/ });
  t.strictSame(await listObjects(etcd, keys), []);
  const outcomes = await applyObjects(etcd, keys, objects.slice(1));
  t.equal(outcomes.filter(outcome => outcome === 'created').length, 128);
});

t.test('a node whose daemon has ended is a problem, and stays', async t => {
  const server = await startEtcd(t);
  await initCluster(t, server.endpoint);
  const [stays, goes] = [
    await started(etcdNode(t, 'stays', { endpoints: server.endpoint })),
    await started(etcdNode(t, 'goes', { endpoints: server.endpoint })),
  ];
  t.ok(await until(() => stays.state.nodes.size === 2 && stays.problems.length === 0));
  await goes.source.stop();
  t.ok(
    await until(() => /nodes are disconnected, their leases have expired: goes:/.test(stays.problems.join())),
  );
  t.equal(stays.state.nodes.size, 2);
});
