import t from 'tap';
import type { NodeObject, PodObject } from '../../../loader/model/objects.ts';
import { resolveNodes } from '../../../loader/model/resolved-nodes.ts';
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
      const { owners, nodes: settled, problems } = resolveNodes([self, ...nodes], []);
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
    resolveNodes([{ ...self, isReady: false }, thief], []).owners.get(
      self.internalAddresses[0] ?? ('' as never),
    ),
    'a',
  );
  return t.end();
});

interface Contest {
  readonly what: string;
  /** The working node's, and the newcomer's. */
  readonly cidrs: readonly [string, string];
  readonly works?: Partial<NodeObject>;
  readonly comes?: Partial<NodeObject>;
}

const contests: readonly Contest[] = [
  { what: 'larger', cidrs: ['10.9.0.0/24', '10.8.0.0/13'] },
  { what: 'nested', cidrs: ['10.9.0.0/24', '10.9.0.128/25'] },
  { what: 'one address of it', cidrs: ['10.9.0.0/24', '10.9.0.7/32'] },
  { what: 'equal', cidrs: ['10.9.0.0/24', '10.9.0.0/24'] },
  { what: 'larger, IPv6', cidrs: ['fd00:9::/64', 'fd00:8::/29'] },
  { what: 'nested, IPv6', cidrs: ['fd00:9::/64', 'fd00:9::/80'] },
  { what: 'equal, IPv6', cidrs: ['fd00:9::/64', 'fd00:9::/64'] },
  {
    what: 'larger, and of the other nobody says whether it is Ready',
    cidrs: ['10.9.0.0/24', '10.8.0.0/13'],
    works: {},
  },
  {
    what: 'larger, and the other says no time',
    cidrs: ['10.9.0.0/24', '10.8.0.0/13'],
    works: { isReady: true },
  },
  {
    what: 'larger, of a node without addresses',
    cidrs: ['10.9.0.0/24', '10.8.0.0/13'],
    comes: { internalAddresses: [] },
  },
  { what: 'larger, not Ready', cidrs: ['10.9.0.0/24', '10.8.0.0/13'], comes: { isReady: false } },
];
const elder = { isReady: true, createdAtMs: 1 };
const newer = { isReady: true, createdAtMs: 9 };
for (const { what, cidrs, works = elder, comes } of contests)
  t.test(`a pod CIDR that is announced later takes none away: ${what}`, t => {
    if (self === undefined) return t.fail();
    const worker = { ...node('zzz', { cidrs: [cidrs[0]], internal: ['192.0.2.9'] }), ...works };
    const comer = { ...node('aaa', { cidrs: [cidrs[1]], internal: ['192.0.2.8'] }), ...newer, ...comes };
    for (const nodes of [
      [self, worker, comer],
      [comer, worker],
      [worker, comer],
    ]) {
      const { nodes: settled, problems } = resolveNodes(nodes, []);
      const heir = nodes[0] === comer ? comer : worker; // each node's own are its own
      t.strictSame(
        settled.filter(({ name }) => name !== self.name && name !== heir.name).map(each => each.podCidrs),
        [[]],
      );
      const [kept, lost] = heir === worker ? cidrs : [...cidrs].reverse();
      const loser = heir === worker ? 'aaa' : 'zzz';
      t.strictSame(problems, [
        `pod CIDR ${lost} of node ${loser} is ignored: it overlaps ${kept} of node ${heir.name}`,
      ]);
    }
    return t.end();
  });

t.test('a pod CIDR of this node is its own, though it is not Ready, newer, or says nothing', t => {
  const thief = { ...node('a-thief', { cidrs: ['10.0.0.0/8'], internal: ['192.0.2.8'] }), ...elder };
  for (const own of [{ isReady: false }, newer, {}]) {
    const nodes = [{ ...node('zzz', { cidrs: ['10.9.0.0/24'], internal: ['192.0.2.9'] }), ...own }, thief];
    t.strictSame(
      resolveNodes(nodes, []).nodes.map(each => each.podCidrs),
      [['10.9.0.0/24'], []],
    );
  }
  t.end();
});

t.test('a node whose object was deleted and comes back has its pod CIDR again, if nobody else has it', t => {
  const back = { ...node('back', { cidrs: ['10.9.0.0/24'], internal: ['192.0.2.9'] }), ...newer };
  const greedy = { ...node('greedy', { cidrs: ['10.0.0.0/8'], internal: ['192.0.2.8'] }), isReady: true };
  const first = { ...node('first', { cidrs: ['10.7.0.0/24'], internal: ['192.0.2.7'] }), ...elder };
  const cidrsOf = (nodes: readonly NodeObject[]) =>
    Object.fromEntries(resolveNodes(nodes, []).nodes.map(({ name, podCidrs }) => [name, podCidrs.join()]));
  const middle = { ...greedy, createdAtMs: 5 };
  t.match(cidrsOf([first, middle]), { first: '10.7.0.0/24', greedy: '' });
  t.match(
    cidrsOf([first, middle, back]),
    { back: '10.9.0.0/24', greedy: '' },
    'who has lost the prefix takes none along',
  );
  const heir = { ...middle, podCidrs: back.podCidrs };
  t.match(
    cidrsOf([first, heir, back]),
    { back: '', greedy: '10.9.0.0/24' },
    'who was given it meanwhile works with it',
  );
  t.match(cidrsOf([back, heir, first]), { back: '10.9.0.0/24', greedy: '' }, 'its own pods live on');
  t.end();
});

t.test(
  'an object that a machine left behind goes with its address, in whatever order they were announced',
  t => {
    const left = { ...node('left', { cidrs: ['10.8.0.0/13'], internal: ['192.0.2.9'] }), createdAtMs: 1 };
    const other = { ...node('other', { cidrs: ['10.9.0.0/24'], internal: ['192.0.2.8'] }), createdAtMs: 5 };
    const machine = { ...node('machine', { cidrs: ['10.10.0.0/24'], internal: ['192.0.2.9'] }), ...newer };
    if (self === undefined) return t.fail();
    t.strictSame(
      resolveNodes([self, left, other, machine], []).nodes.map(each => each.podCidrs.join()),
      [self.podCidrs.join(), '', '10.9.0.0/24', '10.10.0.0/24'],
    );
    return t.end();
  },
);
