// The result of ADD in each version of the specification, written out by hand.
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import type { AttachRequest, AttachResult } from '../../../loader/api/cni/attacher.ts';
import { type CniConfig, parseCniConfig } from '../../../loader/api/cni/config.ts';
import { cniResult } from '../../../loader/api/cni/result.ts';

const REQUEST: AttachRequest = {
  containerId: 'c1',
  ifname: 'eth0',
  netns: '/run/netns/c1',
  network: 'pods',
  addresses: [],
};
const ATTACHED: AttachResult = {
  hostInterface: { name: 'hd0123456789a', mac: parseMac('02:00:00:00:00:01'), mtu: 1450 },
  podInterface: { name: 'eth0', mac: parseMac('02:00:00:00:00:02'), mtu: 1450 },
  addresses: [parseAddr('10.1.0.5'), parseAddr('fd00:1::5')],
};

function config(fields: object): CniConfig {
  return parseCniConfig(
    Buffer.from(JSON.stringify({ cniVersion: '1.1.0', name: 'pods', type: 'heddle-cni', ...fields })),
  );
}

const ROUTES = [
  { dst: '0.0.0.0/0', gw: '169.254.1.1' },
  { dst: '::/0', gw: 'fe80::1' },
];
const INTERFACES = [
  { name: 'hd0123456789a', mac: '02:00:00:00:00:01' },
  { name: 'eth0', mac: '02:00:00:00:00:02', sandbox: '/run/netns/c1' },
];

for (const cniVersion of ['0.3.1', '0.4.0']) {
  t.test(`in ${cniVersion} each address says its family`, t => {
    t.strictSame(cniResult(config({ cniVersion }), REQUEST, ATTACHED), {
      cniVersion,
      interfaces: INTERFACES,
      ips: [
        { version: '4', address: '10.1.0.5/32', gateway: '169.254.1.1', interface: 1 },
        { version: '6', address: 'fd00:1::5/128', gateway: 'fe80::1', interface: 1 },
      ],
      routes: ROUTES,
      dns: {},
    });
    t.end();
  });
}

const IPS = [
  { address: '10.1.0.5/32', gateway: '169.254.1.1', interface: 1 },
  { address: 'fd00:1::5/128', gateway: 'fe80::1', interface: 1 },
];

t.test('in 1.0.0 an address does not say its family any more', t => {
  const cniVersion = '1.0.0';
  t.strictSame(cniResult(config({ cniVersion }), REQUEST, ATTACHED), {
    cniVersion,
    interfaces: INTERFACES,
    ips: IPS,
    routes: ROUTES,
    dns: {},
  });
  t.end();
});

t.test('in 1.1.0 interfaces say their MTU', t => {
  t.strictSame(cniResult(config({}), REQUEST, ATTACHED), {
    cniVersion: '1.1.0',
    interfaces: INTERFACES.map(one => ({ ...one, mtu: 1450 })),
    ips: IPS,
    routes: ROUTES,
    dns: {},
  });
  t.end();
});

t.test('a pod of one family has one address and one route', t => {
  const attached = { ...ATTACHED, addresses: [parseAddr('fd00:1::5')] };
  const { ips, routes } = cniResult(config({}), REQUEST, attached);
  t.strictSame(ips, [{ address: 'fd00:1::5/128', gateway: 'fe80::1', interface: 1 }]);
  t.strictSame(routes, [{ dst: '::/0', gw: 'fe80::1' }]);
  t.end();
});

t.test("the configuration's dns is handed on as it is", t => {
  const dns = { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'], options: ['ndots:5'], own: [1] };
  t.strictSame(cniResult(config({ dns }), REQUEST, ATTACHED).dns, dns);
  t.end();
});

t.test('what an earlier plugin made stays in front and keeps its indices', t => {
  const prevResult = {
    interfaces: [{ name: 'net0', mac: '02:00:00:00:00:09', sandbox: '/run/netns/c1', own: true }],
    ips: [{ address: '192.0.2.9/24', interface: 0, own: true }],
    routes: [{ dst: '192.0.2.128/25', own: true }],
    dns: { domain: 'earlier.example' },
  };
  const result = cniResult(config({ prevResult, cniVersion: '1.0.0' }), REQUEST, ATTACHED);
  t.strictSame(result.interfaces, [...prevResult.interfaces, ...INTERFACES]);
  t.strictSame(result.ips, [...prevResult.ips, ...IPS.map(ip => ({ ...ip, interface: 2 }))]);
  t.strictSame(result.routes, [...prevResult.routes, ...ROUTES]);
  t.strictSame(result.dns, prevResult.dns);
  t.end();
});
