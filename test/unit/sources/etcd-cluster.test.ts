// The cluster as etcd's keys say it: what is lost and held, what is this node's own.
import t from 'tap';
import { emptyCluster, type ClusterState } from '../../../loader/model/objects.ts';
import { EtcdCluster } from '../../../loader/sources/etcd/etcd-cluster.ts';
import { keysBelow } from '../../../loader/sources/etcd/keys.ts';
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

interface Scene {
  readonly cluster: EtcdCluster;
  changes: number;
  readonly nodes: () => readonly string[];
  readonly problems: () => readonly string[];
}

function scene(t: Tap, options: { holdMs?: number; ownText?: () => string | undefined } = {}): Scene {
  const { holdMs = 60_000, ownText = () => nodeText('n1', '10.0.1.0/24') } = options;
  let state: ClusterState = emptyCluster;
  const cluster = new EtcdCluster({
    ...{ keys, prefix: '/heddle', nodeName: 'n1', slot: 0, nodeText: ownText, holdMs },
    onChange: () => (made.changes += 1),
  });
  t.teardown(() => cluster[Symbol.dispose]());
  const read = () => {
    const reading = cluster.read(state);
    ({ state } = reading);
    return reading;
  };
  const made: Scene = {
    cluster,
    changes: 0,
    nodes: () => [...read().state.nodes.keys()].sort(),
    problems: () => read().problems,
  };
  return made;
}

interface Tap {
  teardown(undo: () => unknown): void;
}

t.test('a Node that is deleted without its claim is held, and gone with it', t => {
  const { cluster, nodes, problems } = scene(t);
  cluster.replace(entries('n1', 'n2', 'n3'), false);
  cluster.change([[keys.object('Node', { name: 'n2' }), undefined]]);
  t.strictSame(nodes(), ['n1', 'n2', 'n3']);
  t.match(problems().join(), /etcd has lost what other nodes have written there \(1 key\)/);
  cluster.change([[keys.object('Node', { name: 'n2' }), nodeText('n2', '10.0.2.0/24')]]);
  t.strictSame(problems(), [], 'it is written again');
  cluster.change([
    [keys.claim('n3'), undefined],
    [keys.object('Node', { name: 'n3' }), undefined],
  ]);
  t.strictSame(nodes(), ['n1', 'n2'], 'an operator has deleted the node');
  t.end();
});

t.test('another history: what nodes have written of themselves is held, objects are not', async t => {
  const one = scene(t, { holdMs: 50 });
  const namespace = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  const before = entries('n1', 'n2').set(keys.object('Namespace', { name: 'shop' }), namespace);
  one.cluster.replace(before, false);
  one.cluster.replace(entries('n1'), true);
  const { state } = one.cluster.read(emptyCluster);
  t.strictSame([[...state.nodes.keys()].sort(), state.namespaces.size], [['n1', 'n2'], 0]);
  one.cluster.replace(entries('n1'), false);
  t.strictSame(one.nodes(), ['n1', 'n2'], 'also when it is read once more');
  t.ok(await until(() => one.changes === 1));
  t.strictSame(one.nodes(), ['n1'], 'until its time is over');

  one.cluster.replace(entries('n1', 'n2'), false);
  one.cluster.replace(entries('n1'), false);
  t.strictSame(one.nodes(), ['n1'], 'in the same history it is gone at once');
});

t.test('what this node has published is not held: it writes it again', t => {
  const { cluster } = scene(t);
  const own = keys.podsOf('n1');
  const pod = JSON.stringify({ namespace: 'shop', name: 'web', nodeName: 'n1', addresses: ['10.0.1.2'] });
  cluster.replace(entries('n1').set(`${own}shop/web`, pod), false);
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
  t.match(cluster.own.stored, { node: undefined, claim: '0', isAlive: true }, 'and it knows what etcd lacks');
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
