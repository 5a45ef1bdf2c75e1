// An etcd that is restored from a backup: its revision goes back, and what was written since is gone.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { oneKey, prefixRange, type EtcdClient } from 'etcd';
import { parseAddr, type Addr } from 'ip';
import t, { type Test } from 'tap';
import type { PodKey } from '../../../loader/model/objects.ts';
import { startEtcd, type EtcdServer } from '../../support/etcd.ts';
import { namespaceKey, namespaceText } from '../../support/etcd-objects.ts';
import { etcdClient, etcdNode, initCluster, keysBelow, started, type EtcdNode } from './etcd-node.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const PODS = new Map([['shop/web' as PodKey, { addresses: [parseAddr('10.244.0.7')] }]]);

async function put(etcd: EtcdClient, ...names: readonly string[]): Promise<void> {
  for (const name of names) await etcd.put(namespaceKey(name), namespaceText(name));
}

function numbered(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${name}-${i}`);
}

/** Stops it, and copies what it has. */
async function backup(server: EtcdServer): Promise<string> {
  await server.kill();
  const copy = join(server.data, '..', 'backup');
  cpSync(server.data, copy, { recursive: true });
  await server.restart();
  return copy;
}

/** Stops it, and starts it with the backup, which others have written to meanwhile. */
async function restore(
  t: Tap,
  server: EtcdServer,
  copy: string,
  writeMeanwhile?: (etcd: EtcdClient) => Promise<void>,
): Promise<void> {
  await server.kill();
  if (writeMeanwhile !== undefined) {
    const elsewhere = await startEtcd(t, { data: copy });
    await writeMeanwhile(etcdClient(t, elsewhere.endpoint));
    await elsewhere.kill();
  }
  rmSync(server.data, { recursive: true });
  cpSync(copy, server.data, { recursive: true });
  await server.restart();
}

interface Tap {
  teardown(undo: () => unknown): void;
}

function namespacesOf(node: EtcdNode): readonly string[] {
  return [...node.state.namespaces.keys()].sort();
}

/** Objects that the restored etcd lacks stay, and are told, until they are written again. */
async function areWrittenAgain(
  t: Test,
  etcd: EtcdClient,
  node: EtcdNode,
  names: readonly string[],
): Promise<void> {
  t.ok(await until(() => /etcd has lost objects, it was restored/.test(node.problems.join())));
  for (const name of names) t.ok(node.state.namespaces.has(name), name);
  await put(etcd, ...names);
  t.ok(await until(() => node.problems.length === 0), node.problems.join());
}

function knows(node: EtcdNode, ...names: readonly string[]): Promise<boolean> {
  return until(() => String(namespacesOf(node)) === String([...names].sort()));
}

/** What a node writes itself. */
const OWN_KEYS = [
  '/heddle/alive/n1',
  '/heddle/claims/n1',
  '/heddle/objects/Node/n1',
  '/heddle/pods/n1/shop/web',
  '/heddle/slots/0',
];

async function hasOwnKeys(etcd: EtcdClient): Promise<boolean> {
  const keys = new Set(await keysBelow(etcd, '/heddle/'));
  return OWN_KEYS.every(key => keys.has(key));
}

t.test('the revision goes back: everything is listed anew, and own keys are written again', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  await put(etcd, 'kept', 'deleted');
  const copy = await backup(server);
  const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
  await node.source.publish(PODS);
  await etcd.delete(oneKey(namespaceKey('deleted')));
  await put(etcd, ...numbered('since', 30));
  t.ok(await knows(node, 'kept', ...numbered('since', 30)));

  await restore(t, server, copy);
  const since = numbered('since', 30);
  t.ok(await knows(node, 'kept', 'deleted', ...since), namespacesOf(node).join());
  t.ok(await until(() => hasOwnKeys(etcd)), "this node's claim, Node, lease and pods are there again");
  await put(etcd, 'late');
  t.ok(await knows(node, 'kept', 'deleted', 'late', ...since), 'what is written afterwards is seen');
  await areWrittenAgain(t, etcd, node, since);
});

for (const [what, last, lost] of [
  ['an object that was made', (etcd: EtcdClient) => put(etcd, 'last'), ['last']],
  ['an object that was deleted', (etcd: EtcdClient) => etcd.delete(oneKey(namespaceKey('deleted'))), []],
] as const)
  t.test(`others have written to the restored etcd before we see it; the last news was ${what}`, async t => {
    const server = await startEtcd(t);
    const etcd = await initCluster(t, server.endpoint);
    await put(etcd, 'kept', 'deleted');
    const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
    await node.source.publish(PODS);
    const copy = await backup(server);
    t.ok(await until(() => last(etcd).then(() => true)));
    t.ok(await until(() => namespacesOf(node).includes('last') || !namespacesOf(node).includes('deleted')));

    await restore(t, server, copy, elsewhere => put(elsewhere, ...numbered('elsewhere', 30)));
    const all = ['kept', 'deleted', ...lost, ...numbered('elsewhere', 30)];
    t.ok(await knows(node, ...all), namespacesOf(node).join());
    await put(etcd, 'late');
    t.ok(await until(() => namespacesOf(node).includes('late')));
    if (lost.length > 0) await areWrittenAgain(t, etcd, node, lost);
    t.ok(await until(() => node.problems.length === 0), node.problems.join());
  });

t.test('the backup does not know this node, and its place was given to another', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  const copy = await backup(server);
  const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
  t.strictSame(node.state.nodes.get('n1')?.podCidrs, ['10.244.0.0/24']);
  await restore(t, server, copy, async elsewhere => {
    await elsewhere.put('/heddle/slots/0', 'n2');
    await elsewhere.put('/heddle/claims/n2', '0');
  });
  t.ok(await until(() => /10\.244\.0\.0\/24 belongs to node n2 in etcd/.test(node.problems.join())));
  t.strictSame(node.state.nodes.get('n1')?.podCidrs, ['10.244.0.0/24'], 'pods that run keep their addresses');
  await etcd.delete(oneKey('/heddle/slots/0'));
  t.ok(
    await until(async () => (await etcd.get('/heddle/slots/0'))?.value === 'n1'),
    'it takes it as soon as it is free',
  );
  t.ok(await until(() => node.problems.length === 0), node.problems.join());
});

t.test('keys of its own that somebody deletes are there again at once', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
  await node.source.publish(PODS);
  t.ok(await until(() => hasOwnKeys(etcd)));
  const { nodes } = node.state;
  for (const key of OWN_KEYS) {
    await etcd.delete(oneKey(key));
    t.ok(await until(() => hasOwnKeys(etcd)), key);
  }
  t.equal(node.state.nodes, nodes, 'to the node itself nothing has happened');
});

t.test(
  'what other nodes have written since the backup counts until they write it again, or do not',
  async t => {
    const server = await startEtcd(t);
    const etcd = await initCluster(t, server.endpoint);
    await started(etcdNode(t, 'early', { endpoints: server.endpoint, addresses: at(1) }));
    const copy = await backup(server);
    const options = { endpoints: server.endpoint, holdMs: 5_000 };
    const [writer, gone] = [
      await started(etcdNode(t, 'writer', { ...options, addresses: at(2) })),
      await started(etcdNode(t, 'gone', { ...options, addresses: at(3) })),
    ];
    await put(etcd, 'shop');
    await etcd.put('/heddle/objects/Pod/shop/web', podText('writer'));
    await writer.source.publish(PODS);
    const reader = etcdNode(t, 'reader', { ...options, addresses: at(4) });
    const missing: string[] = [];
    await reader.source.start((state, problems) => {
      Object.assign(reader, { state, problems });
      if (!state.nodes.has('writer')) missing.push('writer');
      if (!state.nodes.has('gone')) missing.push('gone');
    });
    t.ok(await until(() => reader.state.nodes.size === 4));
    await gone.source.stop();

    await restore(t, server, copy);
    t.ok(await until(() => /etcd has lost what other nodes have written there/.test(reader.problems.join())));
    t.strictSame(missing, [], 'nobody is cut off meanwhile');
    t.ok(await until(() => hasKey(etcd, '/heddle/objects/Node/writer')), 'one writes itself again');
    t.ok(await until(() => hasKey(etcd, '/heddle/pods/writer/shop/web')), 'and its pods');
    t.ok(await until(() => missing.includes('gone')), 'the other one is gone in the end');
    t.notOk(missing.includes('writer'));
    t.ok(await until(() => !/etcd has lost what/.test(reader.problems.join())), reader.problems.join());
  },
);

t.test('an etcd that was emptied takes nothing away, also when somebody begins anew', async t => {
  const server = await startEtcd(t);
  const etcd = await initCluster(t, server.endpoint);
  await put(etcd, 'kept');
  const node = await started(etcdNode(t, 'n1', { endpoints: server.endpoint }));
  const isTold = () => /it has lost \/heddle\/cluster: restore it from a backup/.test(node.problems.join());
  await server.kill();
  rmSync(server.data, { recursive: true });
  await server.restart();
  t.ok(await until(isTold), node.problems.join());
  t.ok(node.state.namespaces.has('kept'));
  await initCluster(t, server.endpoint);
  t.ok(await until(() => hasKey(etcd, '/heddle/claims/n1')), 'the node writes its keys again');
  await areWrittenAgain(t, etcd, node, ['kept']);

  await put(etcd, 'again');
  t.ok(await knows(node, 'again', 'kept'));
  await etcd.delete(prefixRange('/heddle/'));
  t.ok(await until(isTold), 'the same when all keys are deleted');
  t.ok(node.state.namespaces.has('again'));
});

/** Where a node is; one that has another's address takes its place at once. */
function at(host: number): () => readonly Addr[] {
  return () => [parseAddr(`192.0.2.${host}`)];
}

async function hasKey(etcd: EtcdClient, key: string): Promise<boolean> {
  return (await etcd.get(key)) !== undefined;
}

function podText(nodeName: string): string {
  const metadata = { name: 'web', namespace: 'shop' };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName } });
}
