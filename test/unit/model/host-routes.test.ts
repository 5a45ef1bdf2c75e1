import { parseAddr } from 'ip';
import type { HostRoute } from '../../../loader/model/table-rows.ts';
import { node, NODES, OVERLAY, tablesOf, UPLINK, type ClusterTexts } from './cluster.ts';
import t from 'tap';

function routeTo(destination: string, texts: ClusterTexts = {}): HostRoute | undefined {
  return tablesOf(texts).hostRoutes.find(route => route.destination === destination);
}

t.test('what no pod of this node has is unreachable, not the default route’s', t => {
  t.strictSame(routeTo('10.1.0.0/24'), { destination: '10.1.0.0/24' });
  t.end();
});

t.test('remote pods are reached through the overlay device, from its address', t => {
  t.strictSame(routeTo('10.2.0.0/24'), {
    ifindex: OVERLAY,
    destination: '10.2.0.0/24',
    source: '10.1.0.1',
    mtu: 1450,
  });
  t.match(routeTo('fd00:2::/64'), { source: 'fd00:1::1' });
  t.end();
});

t.test('direct routes go to the neighbour', t => {
  t.strictSame(routeTo('10.2.0.0/24', { settings: { encapsulation: 'cross-subnet' } }), {
    ifindex: UPLINK,
    via: '192.0.2.2',
    destination: '10.2.0.0/24',
    source: '10.1.0.1',
    mtu: 1500,
  });
  t.end();
});

t.test('direct routes behind a router go to the router, when there is one', t => {
  const settings = { encapsulation: 'never' } as const;
  const gateways = new Map([[parseAddr('198.51.100.3'), parseAddr('192.0.2.254')]]);
  t.match(routeTo('10.3.0.0/24', { settings, uplink: { gateways } }), {
    ifindex: UPLINK,
    via: '192.0.2.254',
  });
  const { hostRoutes, problems } = tablesOf({ settings });
  t.notOk(hostRoutes.some(route => route.destination === '10.3.0.0/24'));
  t.ok(problems.includes('10.3.0.0/24 of node c has no route: the kernel has none to 198.51.100.3'));
  t.end();
});

t.test('without an address of that family there is no source', t => {
  const nodes = [node('a', { cidrs: ['10.1.0.0/24'], internal: ['192.0.2.1'] }), ...NODES.slice(1)];
  t.notOk('source' in (routeTo('fd00:2::/64', { nodes }) ?? { source: 1 }));
  t.end();
});

t.test('there is a route to every prefix of every node, and none to addresses of nodes', t => {
  t.strictSame(
    tablesOf()
      .hostRoutes.map(route => route.destination)
      .sort(),
    NODES.flatMap(each => each.podCidrs).sort(),
  );
  t.end();
});
