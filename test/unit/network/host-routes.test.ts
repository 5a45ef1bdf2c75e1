// Routes are compared by what they do; only the difference is set or removed.
import { parseAddr, parseCidr } from 'ip';
import t from 'tap';
import { diffRoutes, exactly, newRoute } from '../../../loader/network/host-routes.ts';
import { route } from './kernel-state.ts';

const remote = parseCidr('10.2.0.0/24');
const via = parseAddr('192.168.7.2');
const source = parseAddr('10.1.0.0');

const viaHop = { nextHops: [{ index: 2, via, onLink: false }] };

for (const [name, wish, actual] of [
  ['overlay', { destination: remote, ifindex: 2, source, mtu: 1400 }, route(remote, { source, mtu: 1400 })],
  ['direct', { destination: remote, ifindex: 2, via, source }, route(remote, { ...viaHop, source })],
  ['unreachable', { destination: remote }, route(remote, { type: 'unreachable', nextHops: [] })],
  [
    'unreachable, as IPv6 shows it',
    { destination: parseCidr('fd00:1::/64') },
    route('fd00:1::/64', { type: 'unreachable', nextHops: [{ index: 1, via: undefined, onLink: false }] }),
  ],
] as const) {
  t.test(`${name}: an equal route is left alone`, t => {
    t.same(diffRoutes([wish], [actual]), { set: [], remove: [] });
    t.end();
  });
}

const wish = { destination: remote, ifindex: 2, source, mtu: 1400 };
for (const [name, given] of [
  ['another device', { nextHops: [{ index: 3, via: undefined, onLink: false }] }],
  ['a next hop', viaHop],
  ['an MTU that is locked', { mtuLocked: true }],
  ['another source', { source: '10.1.0.9' }],
  ['another MTU', { mtu: 1300 }],
  ['another type', { type: 'blackhole' }],
  ['two next hops', { nextHops: [...viaHop.nextHops, ...viaHop.nextHops] }],
] as const) {
  t.test(`${name}: the route is set in its place`, t => {
    const actual = route(remote, { source, mtu: 1400, ...given });
    t.same(diffRoutes([wish], [actual]), { set: [{ route: wish, instead: actual }], remove: [actual] });
    t.end();
  });
}

t.test('a route that is missing is added, one that nobody wants is removed', t => {
  const stale = route('10.9.0.0/24');
  t.same(diffRoutes([wish], [stale]), { set: [{ route: wish }], remove: [stale] });
  t.end();
});

t.test('of two routes to one prefix the right one stays', t => {
  const right = route(remote, { source, mtu: 1400 });
  const wrong = route(remote, { type: 'unreachable', nextHops: [], metric: 7 });
  t.same(diffRoutes([wish], [wrong, right]), { set: [], remove: [wrong] });
  t.end();
});

t.test('the last of two wishes for one prefix counts', t => {
  const other = { destination: remote };
  t.same(diffRoutes([wish, other], []).set, [{ route: other }]);
  t.end();
});

t.test('a route on the link has the scope of the link; one by a router has not', t => {
  t.match(newRoute(wish, 104), { scope: 'link', index: 2, mtu: 1400, source, protocol: 104 });
  t.notHas(newRoute({ destination: remote, ifindex: 2, via }, 104), { scope: 'link' });
  t.same(newRoute({ destination: remote }, 104), {
    destination: { address: '10.2.0.0', prefixLength: 24 },
    type: 'unreachable',
    protocol: 104,
  });
  t.end();
});

t.test('a deletion says all that tells a route from its neighbours in the table', t => {
  t.match(exactly(route(remote, { ...viaHop, metric: 7 })), {
    index: 2,
    via,
    metric: 7,
    protocol: 104,
    table: 254,
  });
  t.notHas(exactly(route(remote, { type: 'unreachable' })), { index: 2 });
  t.end();
});
