// A stale Pod object must not lend its labels to the pod that has its address: the compiler decides as the endpoint table does.
import { parseCidr } from 'ip';
import t from 'tap';
import type { NodeObject, PodObject } from '../../../loader/model/objects.ts';
import { ask, clusterPolicy, compilerOf, inputOf, node, pod, pods, ports, rule, subject } from './world.ts';

const ADDR = '10.2.0.5';
const policies = [
  clusterPolicy('c', {
    egress: [
      rule('Deny', [pods({ app: 'live' })], [ports('TCP', 1)]),
      rule('Deny', [pods({ app: 'stale' })], [ports('TCP', 2)]),
    ],
  }),
];
const home: NodeObject = { ...node('home', '192.0.2.2'), podCidrs: [parseCidr('10.2.0.0/24')] };
const away: NodeObject = { ...node('away', '192.0.2.3'), podCidrs: [parseCidr('10.3.0.0/24')] };
const of = (app: string, name: string, more: Partial<PodObject>) =>
  pod(name, ADDR, { labels: { app }, ...more });

function ownerIn(nodes: readonly NodeObject[], claims: readonly PodObject[]): readonly string[] {
  const compiler = compilerOf({ policies, nodes, pods: claims });
  return ownerOf(compiler);
}

function ownerOf(compiler: ReturnType<typeof compilerOf>): readonly string[] {
  return ['live', 'stale'].filter((_, i) => ask(compiler, `egress ${ADDR} ${i + 1}/TCP`).startsWith('deny'));
}

const rows: readonly (readonly [string, Partial<PodObject>, Partial<PodObject>])[] = [
  ['is on the node of the pod CIDR', { nodeName: 'home' }, { nodeName: 'away', createdAtMs: 9 }],
  ['is on a node that is there', { nodeName: 'away' }, { nodeName: 'gone', createdAtMs: 9 }],
  ['is not terminating', { nodeName: 'home' }, { nodeName: 'home', isTerminating: true, createdAtMs: 9 }],
  ['is newer', { nodeName: 'home', createdAtMs: 2 }, { nodeName: 'home', createdAtMs: 1 }],
];
for (const [what, live, stale] of rows)
  t.test(`of two pods with one address the one that ${what} has it, whatever its name`, t => {
    for (const [a, b] of [
      ['zzz', 'aaa'],
      ['aaa', 'zzz'],
    ] as const) {
      const claims = [of('live', a, live), of('stale', b, stale)];
      for (const order of [claims, [...claims].reverse()])
        t.strictSame(ownerIn([home, away], order), ['live']);
    }
    t.end();
  });

t.test('it is evaluated anew when a node comes, goes, or gets another pod CIDR', t => {
  const parts = {
    policies,
    pods: [of('live', 'zzz', { nodeName: 'home' }), of('stale', 'aaa', { nodeName: 'away', createdAtMs: 9 })],
  };
  const compiler = compilerOf({ ...parts, nodes: [away] });
  t.strictSame(ownerOf(compiler), ['stale'], 'the other pod is on no node that is known');
  const world = inputOf({ ...parts, nodes: [home, away] });
  compiler.update(world);
  t.strictSame(ownerOf(compiler), ['live']);
  const moved = { ...home, podCidrs: [parseCidr('10.9.0.0/24')] };
  compiler.update({
    ...world,
    nodes: new Map([
      ['home', moved],
      ['away', away],
    ]),
  });
  t.strictSame(ownerOf(compiler), ['stale'], 'the newer, where no pod CIDR holds it');
  t.end();
});

t.test('what a stale node says of a pod CIDR counts for nothing', t => {
  const thief = { ...away, podCidrs: home.podCidrs, isReady: false };
  const claims = [
    of('live', 'zzz', { nodeName: 'home' }),
    of('stale', 'aaa', { nodeName: 'away', createdAtMs: 9 }),
  ];
  t.strictSame(ownerIn([thief, { ...home, isReady: true }], claims), ['live']);
  t.end();
});

t.test('a namespace without an object has the label of its name', t => {
  const of = (operator: 'In' | 'NotIn') => ({
    matchLabels: {},
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator, values: ['x'] }],
  });
  const egress = [
    rule('Deny', [pods({}, of('In'))], [ports('TCP', 1)]),
    rule('Deny', [pods({}, of('NotIn'))], [ports('TCP', 2)]),
  ];
  const compiler = compilerOf({
    ...{
      namespaces: {},
      policies: [clusterPolicy('c', { egress })],
      pods: [pod('p', ADDR)],
      subjects: [subject()],
    },
  });
  t.strictSame(ownerOf(compiler), ['live']);
  t.end();
});
