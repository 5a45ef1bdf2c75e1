import fc from 'fast-check';
import { addrFromBytes, type Cidr, cidrOf, cidrsOverlap, parseCidr } from 'ip';
import t from 'tap';
import { claimCidrs, usableCidrs } from '../../../loader/model/cidr-claims.ts';
import { node } from './cluster.ts';
import { cpuMs } from '../../support/cpu-time.ts';

t.test('prefixes that do not meet are all active', t => {
  const { byNode, problems } = claimCidrs([
    node('a', { cidrs: ['10.1.0.0/24', 'fd00::/64'] }),
    node('b', {}),
  ]);
  t.strictSame([...byNode], [['a', ['10.1.0.0/24', 'fd00::/64']]]);
  t.strictSame(problems, []);
  t.end();
});

t.test('of two nodes with one prefix the one whose name sorts first has it', t => {
  const nodes = [node('b', { cidrs: ['10.1.0.0/24'] }), node('a', { cidrs: ['10.1.0.0/24'] })];
  const { byNode, problems } = claimCidrs(nodes);
  t.strictSame([...byNode.keys()], ['a']);
  t.strictSame(problems, ['pod CIDR 10.1.0.0/24 of node b is ignored: it overlaps 10.1.0.0/24 of node a']);
  t.end();
});

t.test('a prefix inside another node’s is refused, whichever is the longer', t => {
  const inner = claimCidrs([node('a', { cidrs: ['10.0.0.0/8'] }), node('b', { cidrs: ['10.7.0.0/16'] })]);
  t.strictSame([...inner.byNode.keys()], ['a']);
  const outer = claimCidrs([node('a', { cidrs: ['10.7.0.0/16'] }), node('b', { cidrs: ['10.0.0.0/8'] })]);
  t.strictSame([...outer.byNode.keys()], ['a']);
  t.end();
});

t.test('a prefix with addresses that no pod can have is ignored, and takes no other along', t => {
  const odd = [
    '0.0.0.0/0',
    '127.0.0.0/16',
    '224.1.0.0/24',
    '169.254.0.0/24',
    '::/0',
    'ff02::/64',
    'fe80::/64',
  ];
  const { byNode, problems } = claimCidrs([
    node('a', { cidrs: odd }),
    node('b', { cidrs: ['10.7.0.0/16', 'fd00::/64'] }),
  ]);
  t.strictSame([...byNode], [['b', ['10.7.0.0/16', 'fd00::/64']]]);
  t.equal(problems.length, odd.length);
  t.ok(
    problems.includes(
      'pod CIDR 0.0.0.0/0 of node a is ignored: it overlaps 0.0.0.0/8, whose addresses no pod can have',
    ),
  );
  t.end();
});

t.test('the overlay device and pods have addresses of none of those, and of the others', t => {
  const cidrs = ['127.0.0.0/8', '10.1.0.0/24', '169.254.1.0/24', '::/0', '0.0.0.0/0', 'fd00:1::/64'].map(
    parseCidr,
  );
  t.strictSame(usableCidrs(cidrs), ['10.1.0.0/24', 'fd00:1::/64']);
  t.end();
});

t.test('a node may have a prefix inside its own, and one twice', t => {
  const { byNode, problems } = claimCidrs([
    node('a', { cidrs: ['10.0.0.0/8', '10.1.0.0/16', '10.0.0.0/8'] }),
  ]);
  t.strictSame(byNode.get('a'), ['10.0.0.0/8', '10.1.0.0/16']);
  t.strictSame(problems, []);
  t.end();
});

t.test('all of IPv6 is none of IPv4', t => {
  const { byNode } = claimCidrs([
    node('a', { cidrs: ['::/0'] }),
    node('b', { cidrs: ['10.0.0.0/8', '192.0.0.0/3'] }),
  ]);
  t.strictSame(byNode.get('b')?.length, 2);
  t.end();
});

const cidr = fc.tuple(fc.boolean(), fc.nat(7), fc.nat(3)).map(([isV4, host, bits]): Cidr => {
  const bytes = isV4
    ? [...Array<number>(10).fill(0), 255, 255, 10, host * 32, 0, 0]
    : [0xfd, host * 32, ...Array<number>(14).fill(0)];
  return cidrOf(addrFromBytes(Uint8Array.from(bytes)), 8 + bits);
});
const world = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e'), cidrs: fc.array(cidr, { maxLength: 4 }) }),
  {
    selector: each => each.name,
  },
);

t.test('what is active never overlaps, and what is ignored overlaps something active', t => {
  fc.assert(
    fc.property(world, nodes => {
      const { byNode, problems } = claimCidrs(nodes.map(each => node(each.name, each)));
      const kept = [...byNode].flatMap(([name, cidrs]) => cidrs.map(each => ({ name, cidr: each })));
      const isApart = kept.every(a => kept.every(b => a.name === b.name || !cidrsOverlap(a.cidr, b.cidr)));
      const claims = nodes.flatMap(({ name, cidrs }) =>
        [...new Set(cidrs)].map(each => ({ name, cidr: each })),
      );
      const lost = claims.filter(({ name, cidr: each }) => !(byNode.get(name) ?? []).includes(each));
      const isJust = lost.every(a => kept.some(b => b.name < a.name && cidrsOverlap(a.cidr, b.cidr)));
      return isApart && isJust && lost.length === problems.length;
    }),
    { numRuns: 500 },
  );
  t.pass();
  t.end();
});

t.test('the order of the nodes means nothing', t => {
  fc.assert(
    fc.property(world, nodes => {
      const objects = nodes.map(each => node(each.name, each));
      const sorted = (list: typeof objects) => JSON.stringify([...claimCidrs(list).byNode].sort());
      return sorted(objects) === sorted([...objects].reverse());
    }),
  );
  t.pass();
  t.end();
});

t.test('10,000 prefixes are settled in a moment', t => {
  const nodes = Array.from({ length: 10_000 }, (_, i) =>
    node(`n${i}`, { cidrs: [`10.${i >> 8}.${i & 255}.0/24`] }),
  );
  const spentMs = cpuMs(() => t.equal(claimCidrs(nodes).byNode.size, 10_000));
  t.ok(spentMs < 5_000, `${spentMs} ms`);
  t.end();
});
