import { parseAddr } from 'ip';
import { resolveNodes } from '../../../loader/model/resolved-nodes.ts';
import { node, NODES } from './cluster.ts';
import t from 'tap';

t.test('nodes without conflicts are the same objects, so that what was made of them can be kept', t => {
  const { nodes, problems } = resolveNodes(NODES, [parseAddr('192.0.2.1')]);
  t.strictSame(problems, []);
  for (const [i, each] of NODES.entries()) t.equal(nodes[i], each);
  t.end();
});

t.test('every address of a node has its owner, those of overlay devices too', t => {
  const { owners } = resolveNodes(NODES, [parseAddr('203.0.113.9')]);
  t.strictSame(Object.fromEntries(owners), {
    '203.0.113.9': 'a',
    '10.1.0.1': 'a',
    'fd00:1::1': 'a',
    '192.0.2.1': 'a',
    '2001:db8::1': 'a',
    '10.2.0.1': 'b',
    'fd00:2::1': 'b',
    '192.0.2.2': 'b',
    '2001:db8::2': 'b',
    '10.3.0.1': 'c',
    'fd00:3::1': 'c',
    '198.51.100.3': 'c',
    '2001:db8:c::3': 'c',
  });
  t.end();
});

t.test('a node is left without what belongs to another, wherever its object says it', t => {
  const first = node('a', { internal: ['192.0.2.1'] });
  const texts = ['192.0.2.1', '192.0.2.2'];
  const greedy = node('b', { internal: texts, external: texts, tunnel: texts });
  const { nodes, problems } = resolveNodes([first, greedy], []);
  const left = [parseAddr('192.0.2.2')];
  t.match(nodes[1], { internalAddresses: left, externalAddresses: left, tunnelAddresses: left });
  t.strictSame(problems, ['address 192.0.2.1 of node b is ignored: it belongs to node a']);
  t.end();
});

t.test('a prefix that is ignored gives its node no overlay address', t => {
  const { nodes, owners, problems } = resolveNodes(
    [node('a', { cidrs: ['10.1.0.0/24'] }), node('b', { cidrs: ['10.1.0.0/24', '10.2.0.0/24'] })],
    [],
  );
  t.strictSame(nodes[1]?.podCidrs, ['10.2.0.0/24']);
  t.strictSame(Object.fromEntries(owners), { '10.1.0.1': 'a', '10.2.0.1': 'b' });
  t.equal(problems.length, 1, 'said once, not again for its addresses');
  t.end();
});

t.test('a prefix named twice by one node is its own once', t => {
  const [settled] = resolveNodes([node('a', { cidrs: ['10.1.0.0/24', '10.1.0.0/24'] })], []).nodes;
  t.strictSame(settled?.podCidrs, ['10.1.0.0/24']);
  t.end();
});

interface Intrusion {
  readonly what: string;
  readonly cidr: string;
  readonly addr: string;
}

const intrusions: readonly Intrusion[] = [
  { what: 'a live pod', cidr: '10.2.0.0/24', addr: '10.2.0.5' },
  { what: "the other one's overlay device", cidr: '10.2.0.0/24', addr: '10.2.0.1' },
  { what: 'a pod, IPv6', cidr: 'fd00:2::/64', addr: 'fd00:2::5' },
];
for (const { what, cidr, addr } of intrusions)
  t.test(`an address in a pod CIDR of another node is not the node’s: ${what}`, t => {
    const owner = { ...node('zzz', { cidrs: [cidr], internal: ['198.51.100.1'] }), createdAtMs: 1 };
    const guest = {
      ...node('aaa', { cidrs: ['10.9.0.0/24'], internal: ['198.51.100.2', '2001:db8:c::2', addr] }),
      createdAtMs: 2,
    };
    const self = node('self', { cidrs: ['10.1.0.0/24'], internal: ['203.0.113.1'] });
    const elder = resolveNodes([self, owner, guest], []);
    t.match(elder.nodes[2], {
      internalAddresses: ['198.51.100.2', '2001:db8:c::2'],
      podCidrs: ['10.9.0.0/24'],
    });
    t.strictSame(elder.nodes[1], owner);
    t.not(elder.owners.get(parseAddr(addr)), 'aaa');
    t.strictSame(elder.problems, [
      `address ${addr} of node aaa is ignored: it is in pod CIDR ${cidr} of node zzz`,
    ]);
    const newer = resolveNodes([self, { ...owner, createdAtMs: 3 }, guest], []);
    t.strictSame(newer, { ...newer, problems: elder.problems }, 'whichever is the newer');
    t.end();
  });

for (const [what, at] of [
  ['is ignored if it was announced later', 9],
  ['is a pod CIDR if it was there before', 1],
] as const)
  t.test(`a pod CIDR around the end of another node’s tunnel ${what}`, t => {
    const wide = { ...node('aaa', { cidrs: ['192.0.2.0/24'], internal: ['198.51.100.2'] }), createdAtMs: at };
    const other = { ...node('zzz', { cidrs: ['10.9.0.0/24'], internal: ['192.0.2.9'] }), createdAtMs: 5 };
    const { nodes, problems } = resolveNodes([node('self'), wide, other], []);
    const [cidrs, addresses] = at === 9 ? [0, 1] : [1, 0];
    t.match(nodes[1], { podCidrs: { length: cidrs } });
    t.match(nodes[2], { internalAddresses: { length: addresses }, podCidrs: ['10.9.0.0/24'] });
    t.match(problems, [
      /^(pod CIDR 192\.0\.2\.0\/24|address 192\.0\.2\.9) of node .* is ignored: it .* of node/,
    ]);
    t.end();
  });

t.test('a node may have an address in its own pod CIDR', t => {
  const nodes = [node('self'), node('b', { cidrs: ['10.2.0.0/24'], internal: ['10.2.0.1'] })];
  t.strictSame(resolveNodes(nodes, []).problems, []);
  t.end();
});

t.test("an overlay device's address that a node before has announced is that node's, and said", t => {
  const thief = node('a', { external: ['10.2.0.1'] });
  const { owners, problems } = resolveNodes([thief, node('b', { cidrs: ['10.2.0.0/24'] })], []);
  t.equal(owners.get(parseAddr('10.2.0.1')), 'a');
  t.strictSame(problems, ['address 10.2.0.1 of node b is ignored: it belongs to node a']);
  t.end();
});
