// The cluster as etcd's keys say it: what is lost and held, what is this node's own.
import { parseAddr } from 'ip';
import t from 'tap';
import { emptyCluster, type ClusterState } from '../../../loader/model/objects.ts';
import { EtcdCluster } from '../../../loader/sources/etcd/etcd-cluster.ts';
import { keysBelow } from '../../../loader/sources/etcd/keys.ts';
import { podAddressesObject } from '../../../loader/sources/objects/pod-addresses.ts';
import { until } from '../../support/until.ts';

const keys = keysBelow('/heddle');

function nodeText(name: string, cidr: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { podCIDRs: [cidr] } });
}

function entries(...nodes: readonly string[]): Map<string, string> {
  return new Map([
    [keys.cluster, '{}'],
    ...nodes.flatMap((name, i) => [
      [keys.object('Node', { name }), nodeText(name, `10.0.${i + 1}.0/24`)] as const,
      [keys.claim(name), String(i)] as const,
      [keys.alive(name), '{}'] as const,
    ]),
  ]);
}

/** As a node publishes it. */
function pod(nodeName: string): string {
  const [namespace, name] = ['shop', 'web'];
  return JSON.stringify(
    podAddressesObject({ namespace, name, nodeName, addresses: [parseAddr('10.0.1.2')] }),
  );
}

interface Scene {
  readonly cluster: EtcdCluster;
  readonly nodes: () => readonly string[];
  readonly problems: () => readonly string[];
}

function scene(t: Tap, options: { holdMs?: number; ownText?: () => string | undefined } = {}): Scene {
  const { holdMs = 60_000, ownText = () => nodeText('n1', '10.0.1.0/24') } = options;
  let state: ClusterState = emptyCluster;
  const cluster = new EtcdCluster({
    ...{ keys, prefix: '/heddle', nodeName: 'n1', slot: 0, nodeText: ownText, holdMs },
    onChange: () => undefined,
  });
  t.teardown(() => cluster[Symbol.dispose]());
  const read = () => {
    const reading = cluster.read(state);
    ({ state } = reading);
    return reading;
  };
  return {
    cluster,
    nodes: () => [...read().state.nodes.keys()].sort(),
    problems: () => read().problems,
  };
}

interface Tap {
  teardown(undo: () => unknown): void;
}

t.test('another history: what other nodes have written of their pods is held', async t => {
  const { cluster, ...one } = scene(t, { holdMs: 50 });
  const pods = keys.podsOf('n2');
  const held = () => [...cluster.publishedBelow(pods).keys()];
  const before = (): Map<string, string> => entries('n1', 'n2').set(`${pods}shop/web`, pod('n2'));
  cluster.replace(before(), false);
  cluster.replace(entries('n1'), true);
  t.strictSame(held(), [`${pods}shop/web`]);
  t.match(one.problems().join(), /etcd has lost what other nodes have written there \(2 keys\)/);
  cluster.replace(entries('n1'), false);
  t.strictSame(held(), [`${pods}shop/web`], 'also when it is read once more');
  t.ok(await until(() => held().length === 0), 'until its time is over');
  t.strictSame(one.problems(), []);

  cluster.replace(before(), false);
  cluster.replace(entries('n1'), false);
  t.strictSame(held(), [], 'in the same history it is gone at once');

  cluster.replace(before(), false);
  cluster.replace(entries('n1'), true);
  cluster.change([...entries('n1', 'n2').set(`${pods}shop/web`, pod('n2'))]);
  t.strictSame(one.problems(), [], 'it is written again');
  cluster.change([[`${pods}shop/web`, undefined]]);
  t.strictSame(held(), [], 'and deleted as ever');
});

for (const [kind, text] of [
  ['NetworkPolicy', { apiVersion: 'networking.k8s.io/v1', spec: { podSelector: {} } }],
  ['Namespace', { apiVersion: 'v1' }],
  ['Pod', { apiVersion: 'v1', spec: { nodeName: 'n1' } }],
] as const)
  t.test(
    `another history without a ${kind}: it stays until it is written again, and is deleted as ever`,
    t => {
      const { cluster, ...one } = scene(t);
      const name = kind === 'Namespace' ? { name: 'shop' } : { name: 'web', namespace: 'shop' };
      const key = keys.object(kind, name);
      const [collection] = (
        { NetworkPolicy: ['policies'], Namespace: ['namespaces'], Pod: ['pods'] } as const
      )[kind];
      const count = () => cluster.read(emptyCluster).state[collection].size;
      const before = () => entries('n1').set(key, JSON.stringify({ kind, metadata: name, ...text }));
      cluster.replace(before(), false);
      cluster.replace(entries('n1'), true);
      cluster.replace(entries('n1'), false);
      t.equal(count(), 1);
      t.match(one.problems(), [
        new RegExp(`^etcd has lost objects, it was restored or begun anew: ${key}: they stay active`),
      ]);
      cluster.change([...before()]);
      t.strictSame(one.problems(), [], 'it is written again');
      cluster.change([[key, undefined]]);
      t.equal(count(), 0, 'and deleted');

      cluster.replace(before(), false);
      cluster.replace(entries('n1'), false);
      t.equal(count(), 0, 'in the same history it is gone at once');
      t.end();
    },
  );

t.test(
  'a node whose claim is deleted with it is gone for good, one that is absent from a snapshot is not',
  t => {
    const { cluster } = scene(t);
    cluster.replace(entries('n1', 'n2', 'n3'), false);
    cluster.change([[keys.object('Node', { name: 'n3' }), undefined]]);
    t.notOk(cluster.isDeleted('n3'), 'its Node alone');
    cluster.change([
      [keys.claim('n2'), undefined],
      [keys.object('Node', { name: 'n2' }), undefined],
    ]);
    t.ok(cluster.isDeleted('n2'));
    cluster.change([[keys.claim('n2'), '1']]);
    t.notOk(cluster.isDeleted('n2'), 'it is there again');
    cluster.change([[keys.claim('n2'), undefined]]);
    cluster.replace(entries('n1'), true);
    t.notOk(cluster.isDeleted('n2'), 'a snapshot proves nothing');
    t.end();
  },
);

t.test('what this node has published is not held: it writes it again', t => {
  const { cluster } = scene(t);
  const own = keys.podsOf('n1');
  cluster.replace(entries('n1').set(`${own}shop/web`, pod('n1')), false);
  t.strictSame([...cluster.publishedBelow(own).keys()], [`${own}shop/web`]);
  cluster.replace(entries('n1'), true);
  t.strictSame([...cluster.publishedBelow(own).keys()], []);
  t.end();
});

t.test('own Node is what the node says, whatever etcd has', t => {
  let text: string | undefined = nodeText('n1', '10.0.9.0/24');
  const { cluster, nodes } = scene(t, { ownText: () => text });
  const cidrs = () => cluster.read(emptyCluster).state.nodes.get('n1')?.podCidrs;
  cluster.replace(entries('n1'), false);
  t.strictSame(cidrs(), ['10.0.9.0/24']);
  cluster.change([[keys.object('Node', { name: 'n1' }), undefined]]);
  t.strictSame(nodes(), ['n1']);
  t.match(cluster.own.stored, { node: undefined, claim: '0', alive: '{}' }, 'and it knows what etcd lacks');
  text = undefined;
  cluster.change([[keys.object('Node', { name: 'n1' }), nodeText('n1', '10.0.1.0/24')]]);
  t.strictSame(cidrs(), ['10.0.1.0/24'], "while it has no address, etcd's word counts");
  t.end();
});

t.test('an etcd without the cluster takes nothing away', t => {
  const { cluster, nodes } = scene(t);
  cluster.replace(entries('n1', 'n2'), false);
  const lost = { code: 'IO', message: /it has lost \/heddle\/cluster: restore it from a backup/ };
  t.throws(() => cluster.replace(new Map(), true), lost);
  const all = [...entries('n1', 'n2').keys()].map(key => [key, undefined] as const);
  t.throws(() => cluster.change(all), lost);
  t.strictSame(nodes(), ['n1', 'n2']);
  t.end();
});
