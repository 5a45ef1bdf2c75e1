// An etcd that is out of space: reading goes on, a daemon starts, and somebody is told what helps.
import { isEtcdError, oneKey, type EtcdClient } from 'etcd';
import { parseAddr, type Addr } from 'ip';
import t from 'tap';
import type { PodKey } from '../../../loader/model/objects.ts';
import { startEtcd } from '../../support/etcd.ts';
import { askGateway, compactNow } from '../../support/etcd-gateway.ts';
import { namespaceKey, namespaceText } from '../../support/etcd-objects.ts';
import { etcdNode, initCluster, keysBelow, started } from './etcd-node.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const QUOTA_MIB = 16;

/** Writes until it takes no more. */
async function fill(etcd: EtcdClient): Promise<void> {
  const megabyte = 'x'.repeat(1_000_000);
  for (let i = 0; i < 4 * QUOTA_MIB; i++)
    try {
      await etcd.put(`/other/${i % 3}`, megabyte);
    } catch (error) {
      if (isEtcdError(error, 'NO_SPACE')) return;
      throw error;
    }
  throw new Error('etcd is not full');
}

async function makeRoom(endpoint: string): Promise<void> {
  await compactNow(endpoint);
  await askGateway(endpoint, 'maintenance/defragment');
  const { alarms } = await askGateway(endpoint, 'maintenance/alarm', { action: 'GET' });
  for (const { memberID } of alarms as { memberID: string }[])
    await askGateway(endpoint, 'maintenance/alarm', { action: 'DEACTIVATE', alarm: 'NOSPACE', memberID });
}

function pods(...names: readonly string[]): ReadonlyMap<PodKey, { addresses: readonly Addr[] }> {
  return new Map(names.map(name => [`shop/${name}` as PodKey, { addresses: [parseAddr('10.244.0.7')] }]));
}

t.test('etcd is full', async t => {
  const server = await startEtcd(t, { flags: ['--quota-backend-bytes', String(QUOTA_MIB << 20)] });
  const etcd = await initCluster(t, server.endpoint);
  await etcd.put(namespaceKey('shop'), namespaceText('shop'));
  const before = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
  await before.source.publish(pods('old'));
  await fill(etcd);
  await before.source.publish(pods('new'));
  const advice =
    /cannot be written.*database space exceeded: compact and defragment etcd, then 'etcdctl alarm disarm'/;
  t.ok(await until(() => advice.test(before.problems.join())), before.problems.join());
  t.strictSame(await keysBelow(etcd, '/heddle/pods/'), [], 'what is gone is deleted all the same');
  await before.source.stop();

  const after = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
  t.strictSame(
    after.state.nodes.get('n1')?.podCidrs,
    ['10.244.0.0/24'],
    'a daemon that starts has its pod CIDR',
  );
  t.ok(after.state.namespaces.has('shop'), 'and all that can be read');
  t.ok(
    await until(() =>
      /does not renew this node's lease since .*database space exceeded/.test(after.problems.join()),
    ),
  );
  await etcd.delete(oneKey(namespaceKey('shop')));
  t.ok(await until(() => after.state.namespaces.size === 0), 'it follows');

  const stranger = etcdNode(t, 'n2', { endpoints: server.endpoint });
  const joining = started(stranger);
  t.ok(await until(() => /database space exceeded/.test(stranger.delays.join())), 'a new node waits');
  await after.source.publish(pods('new'));
  await makeRoom(server.endpoint);
  await joining;
  t.ok(await until(() => after.problems.length === 0), after.problems.join());
  t.strictSame(
    await keysBelow(etcd, '/heddle/pods/'),
    ['/heddle/pods/n1/shop/new'],
    'what waited is written',
  );
});
