import t from 'tap';
import type { NodeObject, PodObject } from '../../../loader/model/objects.ts';
import { settleNodes } from '../../../loader/model/settled-nodes.ts';
import { node, NODES, pod, tablesOf } from './cluster.ts';

const ADDR = '10.2.0.5';

function ownerOf(pods: readonly PodObject[], nodes: readonly NodeObject[] = NODES): string | undefined {
  const answers = [pods, [...pods].reverse()].map(order => {
    const { endpoints, problems } = tablesOf({ pods: order, nodes });
    t.equal(
      problems.filter(problem => problem.includes('is ignored')).length,
      pods.length - 1,
      problems.join(),
    );
    return endpoints.find(row => row.key.addr === ADDR)?.pod?.name;
  });
  t.equal(answers[0], answers[1], 'the order of the input does not matter');
  return answers[0];
}

t.test(
  'the pod whose node has the address in its pod CIDR comes first, whatever else speaks against it',
  t => {
    const home = pod('zzz', 'b', [ADDR], { isTerminating: true, createdAtMs: 1 });
    t.equal(ownerOf([home, pod('aaa', 'c', [ADDR], { createdAtMs: 2 })]), 'zzz');
    t.end();
  },
);

t.test('then one that is not terminating, however new the other is', t => {
  const heir = pod('zzz', 'b', [ADDR], { createdAtMs: 1 });
  t.equal(ownerOf([pod('aaa', 'b', [ADDR], { createdAtMs: 2, isTerminating: true }), heir]), 'zzz');
  t.end();
});

t.test('then the newer, and what has a time before what has none', t => {
  t.equal(
    ownerOf([pod('aaa', 'b', [ADDR], { createdAtMs: 1 }), pod('zzz', 'b', [ADDR], { createdAtMs: 2 })]),
    'zzz',
  );
  t.equal(
    ownerOf(
      [pod('aaa', 'c', [ADDR]), pod('zzz', 'a-far', [ADDR], { createdAtMs: 2 })],
      [...NODES, node('a-far')],
    ),
    'zzz',
  );
  t.end();
});

t.test('pods that say nothing else are told apart by uid before name', t => {
  t.equal(ownerOf([pod('aaa', 'b', [ADDR], { uid: '2' }), pod('zzz', 'b', [ADDR], { uid: '1' })]), 'zzz');
  t.end();
});

const live = node('zzz', { cidrs: ['10.9.0.0/24'], internal: ['192.0.2.9'] });
const stale = node('aaa', { cidrs: ['10.9.0.0/24'], internal: ['192.0.2.9'] });
const [self] = NODES;
const standings: readonly (readonly [string, Partial<NodeObject>, Partial<NodeObject>])[] = [
  ['is Ready', { isReady: true }, { isReady: false, createdAtMs: 9 }],
  ['is Ready, and of the other nobody says so', { isReady: true }, { createdAtMs: 9 }],
  ['may be Ready', {}, { isReady: false, createdAtMs: 9 }],
  ['was announced later', { isReady: true, createdAtMs: 2 }, { isReady: true, createdAtMs: 1 }],
  ['says when it was announced', { createdAtMs: 2 }, {}],
];
for (const [what, of, other] of standings)
  t.test(`of two nodes with one address and one pod CIDR the one that ${what} has both`, t => {
    if (self === undefined) return t.fail();
    for (const order of [
      [live, stale],
      [stale, live],
    ]) {
      const nodes = order.map(each => ({ ...each, ...(each === live ? of : other) }));
      const { owners, nodes: settled, problems } = settleNodes([self, ...nodes], []);
      t.equal(owners.get(live.internalAddresses[0] ?? self.internalAddresses[0] ?? ('' as never)), 'zzz');
      t.match(
        settled.find(({ name }) => name === 'aaa'),
        { podCidrs: { length: 0 }, internalAddresses: { length: 0 } },
      );
      t.match([...problems].sort(), [
        /^address 192\.0\.2\.9 of node aaa is ignored/,
        /^pod CIDR .* of node aaa is ignored/,
      ]);
    }
    return t.end();
  });

t.test('this node lives: its addresses are its own whatever others say', t => {
  if (self === undefined) return t.fail();
  const thief = { ...node('b', { internal: ['192.0.2.1'] }), isReady: true, createdAtMs: 9 };
  t.equal(
    settleNodes([{ ...self, isReady: false }, thief], []).owners.get(
      self.internalAddresses[0] ?? ('' as never),
    ),
    'a',
  );
  return t.end();
});
