import { macToBytes, parseAddr, parseCidr } from 'ip';
import t from 'tap';
import { gatewayMac, overlayMac, podMac } from '../../../loader/model/derived-macs.ts';
import { firstUsableAddr, overlayAddressesOf } from '../../../loader/model/node-addresses.ts';
import {
  overlayDeviceMtu,
  pathsTo,
  podDeviceMtu,
  podMtu,
  type PathOrigin,
} from '../../../loader/model/node-path.ts';
import type { TunnelSettings } from '../../../loader/model/node-facts.ts';
import { inputOf, node, NODES, tablesOf } from './cluster.ts';

function originOf(settings: Partial<TunnelSettings>, internal = ['192.0.2.1', '2001:db8::1']): PathOrigin {
  const input = inputOf({ settings });
  return { facts: input.facts, tunnel: input.tunnel, object: node('a', { internal }) };
}

t.test('the overlay leaves 50 bytes for outer IPv4 headers and 70 for IPv6', t => {
  t.equal(overlayDeviceMtu(originOf({ family: 'ipv4' })), 1450);
  t.equal(overlayDeviceMtu(originOf({ family: 'ipv6' })), 1430);
  t.equal(overlayDeviceMtu(originOf({ family: 'auto' })), 1450);
  t.equal(overlayDeviceMtu(originOf({ family: 'auto' }, ['2001:db8::1'])), 1430);
  t.end();
});

t.test("pods have the overlay's MTU wherever something may be encapsulated", t => {
  t.equal(podMtu(originOf({ encapsulation: 'always' })), 1450);
  t.equal(podMtu(originOf({ encapsulation: 'cross-subnet' })), 1450);
  t.equal(podMtu(originOf({ encapsulation: 'never' })), 1500);
  t.end();
});

// Kind: a device gets an MTU with which the kernel gives it no IPv6. Examples: a small uplink, one without encapsulation, outer
// headers of IPv6, and a pod without IPv6, which needs none.
t.test("pods' interfaces have IPv6's minimum where they have IPv6", t => {
  const of = (mtu: number, settings: Partial<TunnelSettings>, podCidrs: string[]): number => {
    const origin = originOf(settings);
    const uplinks = origin.facts.uplinks.map(uplink => ({ ...uplink, mtu })) as never;
    const object = { ...origin.object, podCidrs: podCidrs.map(parseCidr) };
    return podDeviceMtu({ ...origin, facts: { ...origin.facts, uplinks }, object });
  };
  const dual = ['10.1.0.0/24', 'fd00:1::/64'];
  t.equal(of(1300, { family: 'ipv4' }, dual), 1280);
  t.equal(of(1300, { family: 'ipv6' }, ['fd00:1::/64']), 1280);
  t.equal(of(1200, { encapsulation: 'never' }, dual), 1280);
  t.equal(of(1300, { family: 'ipv4' }, ['10.1.0.0/24']), 1250, 'IPv4 alone has no such minimum');
  t.equal(of(1500, { family: 'ipv4' }, dual), 1450);
  t.end();
});

t.test('the overlay device has the first usable address of the first prefix of each family', t => {
  const cidrs = ['fd00:1::/64', '10.1.0.0/24', '10.2.0.0/24', 'fd00:2::/64'].map(parseCidr);
  t.strictSame(overlayAddressesOf(cidrs), ['10.1.0.1', 'fd00:1::1']);
  t.strictSame(overlayAddressesOf([]), []);
  t.equal(firstUsableAddr(parseCidr('10.1.0.4/30')), '10.1.0.5');
  t.equal(firstUsableAddr(parseCidr('10.1.0.4/31')), '10.1.0.4');
  t.equal(firstUsableAddr(parseCidr('10.1.0.7/32')), '10.1.0.7');
  t.equal(firstUsableAddr(parseCidr('fd00::/127')), 'fd00::');
  t.end();
});

t.test('derived MACs are locally administered, unicast, and one for each purpose and name', t => {
  const names = Array.from({ length: 500 }, (_, i) => `node-${i}`);
  const macs = names.flatMap(name => [
    overlayMac(name),
    gatewayMac(name),
    podMac(name, 'eth0'),
    podMac(name, 'net1'),
  ]);
  t.equal(new Set(macs).size, macs.length);
  t.ok(macs.every(mac => ((macToBytes(mac)[0] ?? 0) & 0b11) === 0b10));
  t.equal(overlayMac('node-a'), overlayMac('node-a'), 'every node computes the same');
  t.end();
});

const learnt = [
  { mtu: 1_400, ipv4: 1_330, ipv6: 1_330 },
  { mtu: 1_280, ipv4: 1_210, ipv6: 1_280 },
  { mtu: 9_000, ipv4: 1_430, ipv6: 1_430 },
];
for (const { mtu, ipv4, ipv6 } of learnt)
  t.test(
    `a path that carries ${mtu} bytes over IPv6 carries that less the outer headers, to that node alone`,
    t => {
      const uplink = { pathMtus: new Map([[parseAddr('2001:db8::2'), mtu]]) };
      const input = inputOf({ settings: { family: 'ipv6' }, uplink });
      const [self, ...others] = NODES;
      if (self === undefined) return t.fail();
      const origin = { facts: input.facts, tunnel: input.tunnel, object: self };
      t.match(
        others.map(other => pathsTo(other, origin)),
        [
          { ipv4: { mtu: ipv4 }, ipv6: { mtu: ipv6 } },
          { ipv4: { mtu: 1_430 }, ipv6: { mtu: 1_430 } },
        ],
      );
      const { hostRoutes, problems } = tablesOf({ settings: { family: 'ipv6' }, uplink });
      const isLess = ipv6 < 1_430;
      t.equal(
        hostRoutes
          .filter(route => 'mtuLocked' in route)
          .map(route => route.destination)
          .join(),
        isLess ? 'fd00:2::/64' : '',
        'what is forwarded over IPv6 is measured by the route',
      );
      t.equal(
        problems.filter(problem => problem.includes('to node b carries 1280 bytes')).length,
        mtu === 1_280 ? 1 : 0,
      );
      return t.end();
    },
  );

t.test('what is learnt of the way to a node over IPv6 says nothing of IPv4', t => {
  const uplink = { pathMtus: new Map([[parseAddr('2001:db8::2'), 1_400]]) };
  const mtus = tablesOf({ uplink }).hostRoutes.flatMap(route => ('mtu' in route ? [route.mtu] : []));
  t.strictSame([...new Set(mtus)], [1_450]);
  t.end();
});
