// Several uplinks: a row for each, and of each node the one that leads to it.
import { type Addr, parseAddr, parseCidr, parseMac } from 'ip';
import t from 'tap';
import type { UplinkFacts } from '../../../loader/model/node-facts.ts';
import { node, NODES, tablesOf, UPLINK, type ClusterTexts, type ListedTables } from './cluster.ts';

const SECOND = 3;
const MAC = parseMac('52:54:00:00:00:0d');

const SECOND_UPLINK: UplinkFacts = {
  ifindex: SECOND,
  mtu: 9000,
  addresses: [parseAddr('203.0.113.1')],
  connected: [parseCidr('203.0.113.0/24')],
  gateways: new Map<Addr, Addr>(),
  neighbours: new Map([[parseAddr('203.0.113.4'), MAC]]),
};
/** On the second uplink's subnet. */
const BEHIND_SECOND = node('d', { cidrs: ['10.4.0.0/24'], internal: ['203.0.113.4'] });

function twoUplinks(settings: ClusterTexts['settings'], more: Partial<UplinkFacts> = {}): ListedTables {
  return tablesOf({
    nodes: [...NODES, BEHIND_SECOND],
    ...(settings && { settings }),
    moreUplinks: [{ ...SECOND_UPLINK, ...more }],
  });
}

function ifindexOf({ routes }: ListedTables, prefix: string): number | undefined {
  return routes.find(row => row.prefix === prefix)?.value.ifindex;
}

t.test('each uplink has a row, before the pods', t => {
  const uplinks = twoUplinks({}).ifaces.filter(({ value }) => value.kind === 'IFACE_UPLINK');
  t.strictSame(
    uplinks.map(({ key }) => key.ifindex),
    [UPLINK, SECOND],
  );
  t.end();
});

t.test('only where uplink_tx is attached, postrouting leaves the check to it', t => {
  const flagsOf = (guardedUplinks: readonly number[]) =>
    tablesOf({ guardedUplinks, moreUplinks: [SECOND_UPLINK] }).ifaces.map(({ value }) => value.flags);
  t.strictSame(flagsOf([]), [[], []], 'an uplink is new, or somebody has detached it');
  t.strictSame(flagsOf([SECOND]), [[], ['IFACE_GUARDED']]);
  t.end();
});

for (const encapsulation of ['always', 'cross-subnet', 'never'] as const)
  t.test(`encapsulation ${encapsulation}: packets leave by the uplink on whose link the node is`, t => {
    const tables = twoUplinks({ encapsulation });
    t.equal(ifindexOf(tables, '10.2.0.0/24'), UPLINK);
    t.equal(ifindexOf(tables, '10.4.0.0/24'), SECOND);
    t.equal(ifindexOf(tables, '10.1.0.0/24'), 0, 'its own prefixes by none');
    t.end();
  });

t.test('a node behind a router is reached by the uplink that the router is on, else by the first', t => {
  const settings = { encapsulation: 'never' } as const;
  const gateways = new Map([[parseAddr('198.51.100.3'), parseAddr('203.0.113.254')]]);
  const tables = twoUplinks(settings, { gateways });
  t.equal(ifindexOf(tables, '10.3.0.0/24'), SECOND);
  t.match(
    tables.hostRoutes.find(({ destination }) => destination === '10.3.0.0/24'),
    { ifindex: SECOND, via: '203.0.113.254' },
  );
  t.equal(ifindexOf(twoUplinks({}), '10.3.0.0/24'), UPLINK);
  t.end();
});

t.test('addresses of all uplinks are this node, and neighbours of any are known by their MAC', t => {
  const { nodes } = twoUplinks({});
  const rowOf = (addr: string) => nodes.find(({ key }) => key.addr === addr)?.value;
  t.match(rowOf('203.0.113.1'), { flags: ['NODE_LOCAL'] });
  t.match(rowOf('203.0.113.4'), { mac: MAC });
  t.end();
});

t.test("pods' interfaces carry what fits the smallest", t => {
  const own = (tables: ListedTables) =>
    tables.routes.find(({ prefix }) => prefix === '10.1.0.0/24')?.value.mtu;
  t.equal(own(twoUplinks({}, { mtu: 1400 })), 1350);
  t.equal(own(twoUplinks({})), 1450);
  t.end();
});
