import t from 'tap';
import { overlayMac } from '../../../loader/model/derived-macs.ts';
import type { RouteRow } from '../../../loader/model/table-rows.ts';
import { node, NODES, VNI, tablesOf, UPLINK, type ClusterTexts } from './cluster.ts';

function routeTo(prefix: string, texts: ClusterTexts = {}): RouteRow | undefined {
  return tablesOf(texts).routes.find(row => row.prefix === prefix);
}

t.test("the node's own pod CIDRs are local", t => {
  t.strictSame(routeTo('10.1.0.0/24'), {
    key: { prefixBits: 32 + 96 + 24, vni: VNI, addr: '10.1.0.0' },
    value: {
      kind: 'ROUTE_LOCAL',
      flags: [],
      mtu: 1450,
      nodeId: 1,
      ifindex: 0,
      tunnel: '::',
      source: '::',
      nextHop: '::',
      vtepMac: '00:00:00:00:00:00',
    },
    prefix: '10.1.0.0/24',
    node: 'a',
  });
  t.equal(routeTo('fd00:1::/64')?.key.prefixBits, 32 + 64);
  t.end();
});

t.test("a neighbour's pod CIDRs go through the overlay, straight to it", t => {
  t.strictSame(routeTo('10.2.0.0/24')?.value, {
    kind: 'ROUTE_OVERLAY',
    flags: [],
    mtu: 1450,
    nodeId: 2,
    ifindex: UPLINK,
    tunnel: '192.0.2.2',
    source: '192.0.2.1',
    nextHop: '192.0.2.2',
    vtepMac: overlayMac('b'),
  });
  t.end();
});

t.test('both families go through one tunnel, IPv4 where both nodes have it', t => {
  t.match(routeTo('fd00:2::/64')?.value, { kind: 'ROUTE_OVERLAY', tunnel: '192.0.2.2', mtu: 1450 });
  const onlyIpv6 = [NODES[0], node('b', { cidrs: ['10.2.0.0/24'], internal: ['2001:db8::2'] })].filter(
    n => n !== undefined,
  );
  t.match(routeTo('10.2.0.0/24', { nodes: onlyIpv6 })?.value, {
    kind: 'ROUTE_OVERLAY',
    tunnel: '2001:db8::2',
    source: '2001:db8::1',
    mtu: 1430,
  });
  t.end();
});

t.test('the configured tunnel family wins', t => {
  t.match(routeTo('10.2.0.0/24', { settings: { family: 'ipv6' } })?.value, {
    tunnel: '2001:db8::2',
    mtu: 1430,
  });
  t.end();
});

t.test('a node behind a router has no next hop: the kernel finds one', t => {
  t.match(routeTo('10.3.0.0/24')?.value, { kind: 'ROUTE_OVERLAY', tunnel: '198.51.100.3', nextHop: '::' });
  t.end();
});

t.test('cross-subnet is direct to neighbours and through the overlay to all others', t => {
  const settings = { encapsulation: 'cross-subnet' } as const;
  t.strictSame(routeTo('10.2.0.0/24', { settings })?.value, {
    kind: 'ROUTE_DIRECT',
    flags: [],
    mtu: 1500,
    nodeId: 2,
    ifindex: UPLINK,
    tunnel: '192.0.2.2',
    source: '::',
    nextHop: '192.0.2.2',
    vtepMac: '00:00:00:00:00:00',
  });
  t.match(routeTo('fd00:2::/64', { settings })?.value, {
    kind: 'ROUTE_DIRECT',
    tunnel: '2001:db8::2',
    mtu: 1500,
  });
  t.match(routeTo('10.3.0.0/24', { settings })?.value, { kind: 'ROUTE_OVERLAY', mtu: 1450 });
  t.end();
});

t.test('cross-subnet sends a family that the neighbour does not have through the overlay', t => {
  const nodes = [...NODES.slice(0, 1), node('b', { cidrs: ['fd00:2::/64'], internal: ['192.0.2.2'] })];
  t.match(routeTo('fd00:2::/64', { nodes, settings: { encapsulation: 'cross-subnet' } })?.value, {
    kind: 'ROUTE_OVERLAY',
    tunnel: '192.0.2.2',
  });
  t.end();
});

t.test('never is direct to all, and a family without an underlay is said', t => {
  const settings = { encapsulation: 'never' } as const;
  t.match(routeTo('10.3.0.0/24', { settings })?.value, { kind: 'ROUTE_DIRECT', nextHop: '::', mtu: 1500 });
  t.equal(routeTo('10.1.0.0/24', { settings })?.value.mtu, 1500);
  const nodes = [...NODES.slice(0, 1), node('b', { cidrs: ['fd00:2::/64'], internal: ['192.0.2.2'] })];
  const tables = tablesOf({ nodes, settings });
  t.notOk(tables.routes.some(row => row.prefix === 'fd00:2::/64'));
  t.strictSame(tables.problems, [
    'node b cannot be reached for fd00:2::/64: it has not announced an InternalIP of the family of fd00:2::/64, which plain routing needs',
  ]);
  t.end();
});

t.test("a node's own addresses are only answered to, along the same path", t => {
  const external = node('b', { cidrs: ['10.2.0.0/24'], internal: ['192.0.2.2'], external: ['203.0.113.2'] });
  const nodes = [...NODES.slice(0, 1), external];
  for (const prefix of ['192.0.2.2/32', '203.0.113.2/32'])
    t.match(routeTo(prefix, { nodes })?.value, {
      kind: 'ROUTE_OVERLAY',
      flags: ['ROUTE_REPLY_ONLY'],
      nodeId: 2,
    });
  t.notOk(routeTo('192.0.2.1/32', { nodes }), 'not to this node’s own');
  t.match(routeTo('2001:db8::2/128')?.value, { flags: ['ROUTE_REPLY_ONLY'], tunnel: '192.0.2.2' });
  t.end();
});

t.test("a foreign peer's overlay MAC and tunnel address are those of its annotations", t => {
  const peer = node('b', {
    cidrs: ['10.2.0.0/24'],
    internal: ['192.0.2.2'],
    tunnel: ['198.51.100.77'],
    vtepMac: '02:11:22:33:44:55',
  });
  t.match(routeTo('10.2.0.0/24', { nodes: [...NODES.slice(0, 1), peer] })?.value, {
    tunnel: '198.51.100.77',
    nextHop: '::',
    vtepMac: '02:11:22:33:44:55',
  });
  t.end();
});

t.test('the outer source is the address that the other nodes know', t => {
  const self = node('a', { cidrs: ['10.1.0.0/24'], internal: ['192.0.2.1'], tunnel: ['192.0.2.100'] });
  const nodes = [self, ...NODES.slice(1)];
  t.equal(routeTo('10.2.0.0/24', { nodes })?.value.source, '192.0.2.100');
  t.end();
});

t.test('a node that shares no underlay family is said, once a prefix', t => {
  const self = node('a', { cidrs: ['10.1.0.0/24'], internal: ['192.0.2.1'] });
  const other = node('b', { cidrs: ['10.2.0.0/24'], internal: ['2001:db8::2'] });
  t.strictSame(tablesOf({ nodes: [self, other] }).problems, [
    'node b cannot be reached for 10.2.0.0/24: it has not announced a tunnel address of a family that this node has too',
  ]);
  t.end();
});

t.test('without an object of its own a node routes nothing, and says so', t => {
  const tables = tablesOf({ nodes: NODES.slice(1) });
  t.strictSame(tables.routes, []);
  t.strictSame(tables.hostRoutes, []);
  t.strictSame(tables.problems, ["this node, a, has no Node object: it cannot reach other nodes' pods"]);
  t.end();
});
