// The table's contents follow from the prefixes, the uplink and the port alone.
import fc from 'fast-check';
import { parseCidr } from 'ip';
import t from 'tap';
import { masqueradeTable, sourcePortsWithout } from '../../../loader/network/masquerade.ts';

const wish = {
  uplinks: ['eth0'],
  ownCidrs: ['10.1.0.0/24', 'fd00:1::/64'].map(parseCidr),
  clusterCidrs: ['10.2.0.0/24', 'fd00:2::/64'].map(parseCidr),
  vxlanPort: 4789,
};

t.test('no port range holds the VXLAN port or a privileged one, and it is at least half of the rest', t => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), port => {
      const [first, last] = sourcePortsWithout(port);
      const holdsPort = first <= port && port <= last;
      return !holdsPort && first >= 1024 && last <= 65_535 && last - first + 1 >= (65_535 - 1024) / 2;
    }),
  );
  t.same(sourcePortsWithout(4789), [4790, 65_535]);
  t.same(sourcePortsWithout(8472), [8473, 65_535]);
  t.same(sourcePortsWithout(65_000), [1024, 64_999]);
  t.same(sourcePortsWithout(7), [1024, 65_535]);
  t.end();
});

t.test("the node's own prefixes are sources, and no pod's prefix is a destination", t => {
  const { sets, rules } = masqueradeTable(wish);
  t.same(Object.fromEntries(sets.map(set => [set.name, set.elem])), {
    own_ip: [prefix('10.1.0.0', 24)],
    cluster_ip: [prefix('10.1.0.0', 24), prefix('10.2.0.0', 24)],
    own_ip6: [prefix('fd00:1::', 64)],
    cluster_ip6: [prefix('fd00:1::', 64), prefix('fd00:2::', 64)],
  });
  t.equal(rules.length, 4);
  t.end();
});

t.test('of several uplinks each masquerades', t => {
  const { rules } = masqueradeTable({ ...wish, uplinks: ['eth0', 'eth1'] });
  const byUplink = ['eth0', 'eth1'].map(
    name => rules.filter(({ expr }) => JSON.stringify(expr).includes(`"${name}"`)).length,
  );
  t.same(byUplink, [4, 4]);
  t.end();
});

t.test('a family without pods has neither sets nor rules', t => {
  const table = masqueradeTable({ ...wish, ownCidrs: [parseCidr('10.1.0.0/24')] });
  t.same(
    table.sets.map(set => set.name),
    ['own_ip', 'cluster_ip'],
  );
  t.equal(table.rules.length, 2);
  t.end();
});

t.test('a prefix inside another, or given twice, is one element', t => {
  const clusterCidrs = ['10.0.0.0/8', '10.1.0.0/24', '10.2.0.0/24', '10.0.0.0/8', '172.16.0.1/32'].map(
    parseCidr,
  );
  const { sets } = masqueradeTable({ ...wish, clusterCidrs });
  t.same(sets.find(set => set.name === 'cluster_ip')?.elem, ['172.16.0.1', prefix('10.0.0.0', 8)]);
  t.end();
});

t.test('the order in which prefixes are given does not matter', t => {
  const backwards = {
    ...wish,
    ownCidrs: wish.ownCidrs.toReversed(),
    clusterCidrs: wish.clusterCidrs.toReversed(),
  };
  t.same(masqueradeTable(backwards), masqueradeTable(wish));
  t.end();
});

t.test('the UDP rule comes first, since the other takes what it leaves', t => {
  const [udp, rest] = masqueradeTable(wish).rules;
  t.match(JSON.stringify(udp?.expr), '"masquerade":{"port":{"range":[4790,65535]}}');
  t.match(JSON.stringify(rest?.expr), '{"masquerade":null}');
  t.end();
});

function prefix(addr: string, len: number) {
  return { prefix: { addr, len } };
}
