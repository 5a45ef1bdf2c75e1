// Which device carries the underlay is decided from the kernel's state alone.
import { parseAddr } from 'ip';
import t from 'tap';
import {
  chooseUplink,
  describeUplink,
  keptProblem,
  type LinkState,
  type UplinkSpec,
} from '../../../loader/network/uplink.ts';
import { address, link, route } from './kernel-state.ts';

const links = [
  link({ index: 1, name: 'lo', loopback: true }),
  link({ index: 2, name: 'eth0' }),
  link({ index: 3, name: 'eth1' }),
  link({ index: 4, name: 'hd1', kind: 'veth', alias: 'heddle:c1/eth0' }),
];
const hop = (index: number, via?: string) => ({ nextHops: [{ index, via, onLink: false }] });
const state = (given: Partial<LinkState>): LinkState => ({ links, addresses: [], routes: [], ...given });
const node = parseAddr('192.168.7.1');

t.test('a configured device is taken, whatever else there is', t => {
  const given = state({ addresses: [address('192.168.7.1/24', { index: 2 })] });
  t.equal(chooseUplink({ device: 'eth1', nodeAddresses: [node] }, given).name, 'eth1');
  t.end();
});

t.test("the device with the node's address comes before that of the default route", t => {
  const given = state({
    addresses: [address('192.168.7.1/24', { index: 3 })],
    routes: [route('0.0.0.0/0', hop(2, '10.0.0.1'))],
  });
  t.equal(chooseUplink({ nodeAddresses: [node] }, given).name, 'eth1');
  t.end();
});

t.test('an address on loopback, or on a device of ours, says nothing', t => {
  const routes = [route('0.0.0.0/0', hop(2, '10.0.0.1'))];
  for (const index of [1, 4]) {
    const given = state({ addresses: [address('192.168.7.1/32', { index })], routes });
    t.equal(chooseUplink({ nodeAddresses: [node] }, given).name, 'eth0');
  }
  t.end();
});

t.test("IPv4's default route comes before IPv6's, and a lower metric before a higher", t => {
  const routes = [
    route('::/0', { ...hop(2, 'fe80::1'), metric: 1 }),
    route('0.0.0.0/0', { ...hop(2, '10.0.0.1'), metric: 200 }),
    route('0.0.0.0/0', { ...hop(3, '10.0.1.1'), metric: 100 }),
  ];
  t.equal(chooseUplink({ nodeAddresses: [] }, state({ routes })).name, 'eth1');
  t.equal(chooseUplink({ nodeAddresses: [] }, state({ routes: routes.slice(0, 1) })).name, 'eth0');
  t.end();
});

t.test('a default route that leads nowhere is none', t => {
  const routes = [route('0.0.0.0/0', { type: 'unreachable', nextHops: [] })];
  t.throws(() => chooseUplink({ nodeAddresses: [] }, state({ routes })), { code: 'INVALID_CONFIG' });
  t.end();
});

// Kind: what is gone for a moment is taken for changed. Examples: a DHCP renewal, a restart of systemd-networkd, a default
// route that flaps where no address is announced, all of them at once.
t.test('the previous device stays while nothing certain is known, and says so', t => {
  const away = [route('0.0.0.0/0', { ...hop(3, '172.20.0.1'), metric: 500 })];
  const announced = { nodeAddresses: [node], previous: 2 };
  const chosen = (wish: UplinkSpec, given: LinkState) => {
    const link = chooseUplink(wish, given);
    return [link.name, keptProblem(wish, link, given)];
  };
  const said = 'no device has an address of this node (192.168.7.1) any more: the uplink stays eth0';
  t.same(chosen(announced, state({ routes: away })), ['eth0', said]);
  t.same(chosen(announced, state({})), ['eth0', said]);
  t.same(chosen({ nodeAddresses: [], previous: 2 }, state({})), [
    'eth0',
    'there is no default route any more: the uplink stays eth0',
  ]);
  t.same(chosen({ nodeAddresses: [], previous: 2 }, state({ routes: away })), ['eth1', undefined]);
  const moved = state({ addresses: [address('192.168.7.1/24', { index: 3 })] });
  t.same(chosen(announced, moved), ['eth1', undefined]);
  t.same(chosen({ ...announced, previous: 9 }, state({ routes: away })), ['eth1', undefined]);
  t.end();
});

t.test('what is on the link itself is connected; routers, multicast and link-local prefixes are not', t => {
  const routes = [
    route('192.168.7.0/24', { protocol: 2 }),
    route('192.168.7.0/24', { protocol: 4, metric: 5 }),
    route('172.16.0.0/12', hop(2, '192.168.7.254')),
    route('192.168.8.0/24', hop(3)),
    route('fd07::/64'),
    route('fe80::/64'),
    route('ff00::/8'),
    route('10.9.0.0/16', { type: 'unreachable', nextHops: [] }),
  ];
  const { connected } = describeUplink(link({}), state({ routes }));
  t.same(connected, ['192.168.7.0/24', 'fd07::/64']);
  t.end();
});

t.test(
  'default gateways are told only where no connected prefix has them: one that flaps is no other uplink',
  t => {
    const gatewaysOf = (...vias: readonly string[]): unknown => {
      const routes = vias.map(via => route(via.includes(':') ? '::/0' : '0.0.0.0/0', hop(2, via)));
      return describeUplink(link({}), state({ routes: [route('192.168.7.0/24'), ...routes] }))
        .defaultGateways;
    };
    t.equal(gatewaysOf('192.168.7.254'), undefined);
    t.equal(gatewaysOf('fe80::1'), undefined);
    t.strictSame(gatewaysOf('172.31.1.1', '192.168.7.254', 'fd08::1'), ['172.31.1.1', 'fd08::1']);
    t.end();
  },
);

t.test("only the device's own global addresses are the node's", t => {
  const addresses = [
    address('192.168.7.1/24'),
    address('fd07::1/64'),
    address('fe80::1/64', { scope: 'link' }),
    address('192.168.8.1/24', { index: 3 }),
  ];
  t.same(describeUplink(link({}), state({ addresses })).addresses, ['192.168.7.1', 'fd07::1']);
  t.end();
});

t.test('a veth is known as one, and a device without Ethernet has no MAC', t => {
  t.match(describeUplink(link({ kind: 'veth' }), state({})), { isVeth: true, mac: '02:00:00:00:00:01' });
  t.match(describeUplink(link({ mac: undefined, up: false }), state({})), { isVeth: false, isUp: false });
  t.equal(describeUplink(link({ mac: undefined }), state({})).mac, undefined);
  t.end();
});
