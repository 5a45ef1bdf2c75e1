// An etcd of three members: one is dead, hangs, or is cut off from the others; most are gone; all come back.
import t from 'tap';
import { startEtcdCluster, type EtcdMember } from '../../support/etcd.ts';
import { etcdClient, etcdNode, initCluster, NO_ACCESS, started, type EtcdNode } from './etcd-node.ts';
import { namespaceKey, namespaceText } from '../../support/etcd-objects.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const members = await startEtcdCluster(t, 3);
const [first, second, third] = members as readonly [EtcdMember, EtcdMember, EtcdMember];
const endpoints = members.map(({ endpoint }) => endpoint).join(',');
await until(() => initCluster(t, first.endpoint).then(() => true));

/** Writes by any member that takes it. */
async function write(name: string): Promise<boolean> {
  const etcd = etcdClient(t, ...endpoints.split(','));
  return await until(() => etcd.put(namespaceKey(name), namespaceText(name)).then(() => true));
}

function know(nodes: readonly EtcdNode[], name: string): Promise<boolean> {
  return until(() => nodes.every(node => node.state.namespaces.has(name)));
}

/** Connected to this member or that one, whichever comes first: six are at all of them, most likely. */
const nodes = await Promise.all(
  Array.from({ length: 6 }, (_, i) => started(etcdNode(t, `n${i}`, { ...NO_ACCESS, endpoints }))),
);

for (const [i, member] of members.entries()) {
  t.test(`member ${i} is killed: every node goes on with another`, async t => {
    await member.kill();
    t.ok(await write(`killed-${i}`));
    t.ok(await know(nodes, `killed-${i}`));
    const late = await started(etcdNode(t, `late${i}`, { endpoints }));
    t.ok(late.state.namespaces.has(`killed-${i}`), 'one that starts meanwhile, too');
    await late.source.stop();
    await member.restart();
  });

  t.test(`member ${i} hangs: its watches end, and are made again elsewhere`, async t => {
    member.pause();
    t.ok(await write(`hung-${i}`));
    t.ok(await know(nodes, `hung-${i}`));
    member.resume();
  });

  t.test(`member ${i} is cut off from the others, and answers: so do its watches`, async t => {
    member.cutOff();
    t.ok(await write(`cut-off-${i}`));
    t.ok(await know(nodes, `cut-off-${i}`));
    member.rejoin();
  });
}

t.test('without quorum the cluster stays, and the reason is told; it comes back', async t => {
  const [node] = nodes;
  const names = () => [...(node?.state.nodes.keys() ?? [])];
  const before = names();
  await second.kill();
  await third.kill();
  const isTold = (one: EtcdNode) => /cannot be reached since .*no leader/.test(one.problems.join());
  t.ok(await until(() => nodes.every(isTold)), node?.problems.join('\n') ?? '');
  t.strictSame(names(), before);
  await node?.source.publish(new Map());
  await second.restart();
  t.ok(await write('quorum'));
  t.ok(await know(nodes, 'quorum'), 'two of three suffice');
  await third.restart();
  const isQuiet = (one: EtcdNode) =>
    !/cannot be reached|does not renew|cannot be written/.test(one.problems.join());
  t.ok(await until(() => nodes.every(isQuiet)), nodes.map(one => one.problems.join()).join('\n'));
  const alive = async () => {
    const entries = nodes.map(one => one.state.nodes.get('n0')?.isReady);
    return Promise.resolve(entries.every(isReady => isReady === true));
  };
  t.ok(await until(alive), 'and everybody is there');
});
