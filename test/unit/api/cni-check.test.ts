// CHECK: which difference between prevResult and what is recorded is one of ours.
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import type { AttachResult } from '../../../loader/api/cni/attacher.ts';
import { differences } from '../../../loader/api/cni/check.ts';
import type { CniPrevResult } from '../../../loader/api/cni/config.ts';

const REQUEST = { containerId: 'c1', ifname: 'eth0', netns: '/run/netns/c1' };
const ATTACHED: AttachResult = {
  hostInterface: { name: 'hd1', mac: parseMac('02:00:00:00:00:0a'), mtu: 1450 },
  podInterface: { name: 'eth0', mac: parseMac('02:00:00:00:00:0b'), mtu: 1450 },
  addresses: [parseAddr('10.1.0.5'), parseAddr('fd00:1::5')],
};
const HOST = { name: 'hd1', mac: '02:00:00:00:00:0a' };
const POD = { name: 'eth0', mac: '02:00:00:00:00:0b', sandbox: '/run/netns/c1' };
const IPS = [
  { address: '10.1.0.5/32', interface: 1 },
  { address: 'fd00:1::5/128', interface: 1 },
];
const SAME: CniPrevResult = { interfaces: [HOST, POD], ips: IPS, routes: [] };

function found(change: Partial<CniPrevResult>): readonly string[] {
  return differences({ ...SAME, ...change }, ATTACHED, REQUEST);
}

t.test('what ADD answered is as it should be', t => {
  t.strictSame(found({}), []);
  t.end();
});

t.test('other spellings of the same are the same', t => {
  t.strictSame(
    found({
      interfaces: [
        { ...HOST, mac: '02:00:00:00:00:0A', sandbox: '' },
        { name: 'eth0', sandbox: '/run/netns/c1' },
      ],
      ips: [
        { address: '10.1.0.5', interface: 1 },
        { address: 'FD00:1:0::5/128', interface: 1 },
      ],
    }),
    [],
  );
  t.end();
});

t.test('what other plugins of the chain added is theirs', t => {
  const interfaces = [HOST, POD, { name: 'ifb0', mac: '02:00:00:00:00:0c' }, { name: 'net1', sandbox: '/x' }];
  t.strictSame(found({ interfaces, ips: [...IPS, { address: '192.0.2.1/24', interface: 3 }] }), []);
  t.end();
});

t.test('an interface that is missing, or on the wrong side, is named', t => {
  t.strictSame(found({ interfaces: [POD], ips: [] }).slice(0, 1), [
    'prevResult does not list the interface hd1',
  ]);
  t.strictSame(found({ interfaces: [HOST, { ...POD, sandbox: '' }] }).slice(0, 1), [
    'prevResult does not list the interface eth0',
  ]);
  t.end();
});

t.test('another MAC is named with both', t => {
  t.strictSame(found({ interfaces: [HOST, { ...POD, mac: '02:00:00:00:00:ff' }] }), [
    'eth0 has the MAC 02:00:00:00:00:0b, prevResult has 02:00:00:00:00:ff',
  ]);
  t.end();
});

t.test('another namespace is named with both', t => {
  t.strictSame(found({ interfaces: [HOST, { ...POD, sandbox: '/run/netns/c2' }] }), [
    'CNI_NETNS is /run/netns/c1, prevResult has /run/netns/c2',
  ]);
  t.end();
});

t.test('an address too few or too many on our interface is named', t => {
  t.strictSame(found({ ips: IPS.slice(1) }), ['the container has 10.1.0.5, which prevResult does not list']);
  t.strictSame(found({ ips: [...IPS, { address: '10.1.0.6/32', interface: 1 }] }), [
    'prevResult lists 10.1.0.6, which the container does not have',
  ]);
  t.strictSame(found({ ips: [...IPS, { address: 'nonsense', interface: 1 }] }), [
    'prevResult lists nonsense, which the container does not have',
  ]);
  t.end();
});
