// Routes of both families are added, replaced, found and deleted.
import { execFileSync } from 'node:child_process';
import t from 'tap';
import {
  addAddress,
  addRoute,
  createVeth,
  deleteRoute,
  getLink,
  isRouteRefused,
  listRoutes,
  lookupRoute,
  matchRoute,
  type NewRoute,
  replaceRoute,
  setLink,
} from '../src/index.ts';
import { scratchNetns } from './scratch-netns.ts';

/** A mark by which the test finds its own routes. */
const PROTOCOL = 99;

function withLink(t: Parameters<typeof scratchNetns>[0]) {
  const { socket, path } = scratchNetns(t);
  createVeth(socket, { name: 'a', up: true, peer: { name: 'b' } });
  setLink(socket, 'b', { up: true });
  const index = getLink(socket, 'a')?.index ?? 0;
  addAddress(socket, { index, address: '10.0.0.1', prefixLength: 24 });
  addAddress(socket, { index, address: 'fd00::1', prefixLength: 64, noDad: true });
  return { socket, index, path };
}

const families = [
  { family: 'ipv4', network: '10.2.0.0', bits: 24, inside: '10.2.0.9', via: '10.0.0.2', source: '10.0.0.1' },
  { family: 'ipv6', network: 'fd02::', bits: 64, inside: 'fd02::9', via: 'fd00::2', source: 'fd00::1' },
] as const;

for (const { family, network, bits, inside, via, source } of families) {
  const destination = { address: network, prefixLength: bits };

  t.test(`${family}: a route keeps its next hop, source, MTU and mark`, t => {
    const { socket, index } = withLink(t);
    addRoute(socket, { destination, index, via, source, mtu: 1400, protocol: PROTOCOL });
    const routes = listRoutes(socket, { protocol: PROTOCOL });
    t.equal(routes.length, 1);
    t.match(routes[0], { family, destination, type: 'unicast', source, mtu: 1400, protocol: PROTOCOL });
    t.same(routes[0]?.nextHops, [{ index, via, onLink: false }]);
    t.end();
  });

  t.test(`${family}: the kernel is asked which way it would take`, t => {
    const { socket, index } = withLink(t);
    addRoute(socket, { destination, index, via });
    t.same(lookupRoute(socket, inside)?.nextHops[0]?.via, via);
    t.equal(lookupRoute(socket, family === 'ipv4' ? '192.0.2.1' : '2001:db8::1'), undefined);
    t.end();
  });

  t.test(`${family}: a next hop outside every network is taken if it is said to be on the link`, t => {
    const { socket, index } = withLink(t);
    const far = family === 'ipv4' ? '192.0.2.1' : '2001:db8::1';
    t.throws(() => addRoute(socket, { destination, index, via: far }));
    addRoute(socket, { destination, index, via: far, onLink: true, protocol: PROTOCOL });
    t.equal(listRoutes(socket, { protocol: PROTOCOL })[0]?.nextHops[0]?.onLink, true);
    t.end();
  });

  t.test(`${family}: adding a second time is EEXIST, replacing is not`, t => {
    const { socket, index } = withLink(t);
    const route: NewRoute = { destination, index, via, protocol: PROTOCOL };
    addRoute(socket, route);
    t.throws(() => addRoute(socket, route), { code: 'EEXIST' });
    replaceRoute(socket, { ...route, mtu: 1300 });
    t.match(listRoutes(socket, { protocol: PROTOCOL }), [{ mtu: 1300 }]);
    t.equal(listRoutes(socket, { protocol: PROTOCOL }).length, 1);
    t.end();
  });

  t.test(`${family}: a destination is made unreachable`, t => {
    const { socket } = withLink(t);
    addRoute(socket, { destination, type: 'unreachable', protocol: PROTOCOL });
    t.match(listRoutes(socket, { protocol: PROTOCOL }), [{ type: 'unreachable', destination }]);
    t.equal(lookupRoute(socket, inside), undefined);
    t.end();
  });

  // Kind: an answer that is an error ends a look-up. Examples: each type of route, and of rule, that refuses.
  t.test(`${family}: what refuses a destination is no error of a look-up`, t => {
    const { socket, path } = withLink(t);
    const ip = (...words: readonly string[]): void =>
      void execFileSync('nsenter', [`--net=${path}`, 'ip', family === 'ipv4' ? '-4' : '-6', ...words]);
    const prefix = `${network}/${bits}`;
    const refusals = [
      ...['blackhole', 'prohibit', 'unreachable', 'throw'].map(type => ['route', type, prefix] as const),
      ...['blackhole', 'prohibit', 'unreachable'].map(type => ['rule', 'to', prefix, type] as const),
    ];
    for (const [object, ...words] of refusals) {
      ip(object, 'add', ...words);
      const title = `${object} ${words.join(' ')}`;
      t.equal(lookupRoute(socket, inside), undefined, title);
      t.equal(matchRoute(socket, inside), undefined, title);
      t.equal(isRouteRefused(socket, inside), /blackhole|prohibit/.test(title), title);
      ip(object, 'delete', ...words);
    }
    t.end();
  });

  t.test(`${family}: a route is deleted by what tells it from others, and twice is ESRCH`, t => {
    const { socket, index } = withLink(t);
    addRoute(socket, { destination, index, via, protocol: PROTOCOL });
    t.throws(() => deleteRoute(socket, { destination, protocol: PROTOCOL + 1 }), { code: 'ESRCH' });
    deleteRoute(socket, { destination, protocol: PROTOCOL });
    t.same(listRoutes(socket, { protocol: PROTOCOL }), []);
    t.throws(() => deleteRoute(socket, { destination }), { code: 'ESRCH' });
    t.end();
  });

  t.test(`${family}: the default route is a prefix of no bits`, t => {
    const { socket, index } = withLink(t);
    const any = { address: family === 'ipv4' ? '0.0.0.0' : '::', prefixLength: 0 };
    addRoute(socket, { destination: any, index, via, protocol: PROTOCOL });
    t.match(listRoutes(socket, { protocol: PROTOCOL }), [{ destination: any }]);
    t.end();
  });

  t.test(`${family}: routes are listed by table and by link`, t => {
    const { socket, index } = withLink(t);
    addRoute(socket, { destination, index, via, table: 1234 });
    t.same(
      listRoutes(socket, { family, index }).filter(route => route.destination.address === network),
      [],
    );
    t.match(listRoutes(socket, { family, table: 1234 }), [{ destination, table: 1234 }]);
    t.same(listRoutes(socket, { family, table: 4321 }), []);
    t.end();
  });
}

t.test('a route that others made with several next hops is read with all of them', t => {
  const { socket, index, path } = withLink(t);
  const ip = (...words: string[]) => execFileSync('nsenter', [`--net=${path}`, 'ip', ...words]);
  const hops = ['nexthop', 'via', '10.0.0.2', 'dev', 'a', 'nexthop', 'via', '10.0.0.3', 'dev', 'a', 'onlink'];
  ip('route', 'add', '10.8.0.0/16', 'proto', String(PROTOCOL), ...hops);
  t.match(listRoutes(socket, { protocol: PROTOCOL, index }), [
    {
      nextHops: [
        { index, via: '10.0.0.2', onLink: false },
        { index, via: '10.0.0.3', onLink: true },
      ],
    },
  ]);
  t.end();
});

t.test('cached routes are not among the configured ones', t => {
  const { socket, index, path } = withLink(t);
  addRoute(socket, {
    destination: { address: 'fd02::', prefixLength: 64 },
    index,
    via: 'fd00::2',
    protocol: PROTOCOL,
  });
  execFileSync('nsenter', [`--net=${path}`, 'ip', 'route', 'get', 'fd02::9']);
  t.equal(listRoutes(socket, { family: 'ipv6', protocol: PROTOCOL }).length, 1);
  t.equal(lookupRoute(socket, 'fd02::9')?.table, 254);
  t.end();
});

t.test('an IPv4 route may have an IPv6 next hop', t => {
  const { socket, index } = withLink(t);
  const destination = { address: '10.3.0.0', prefixLength: 16 };
  addRoute(socket, { destination, index, via: 'fd00::2', protocol: PROTOCOL });
  t.match(listRoutes(socket, { protocol: PROTOCOL }), [{ destination, nextHops: [{ via: 'fd00::2' }] }]);
  t.end();
});
