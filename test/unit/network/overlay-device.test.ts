// What is wrong with an overlay device decides whether it is mended or made anew.
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import { GSO_MAX_BYTES } from '../../../loader/network/gso.ts';
import {
  diffAddresses,
  diffOverlayDevice,
  type OverlayDevice,
} from '../../../loader/network/overlay-device.ts';
import { address, link } from './kernel-state.ts';

const wish: OverlayDevice = {
  name: 'heddle0',
  kind: 'vxlan',
  port: 4789,
  mac: parseMac('02:00:00:00:00:aa'),
  mtu: 1430,
  addresses: [parseAddr('10.1.0.0')],
};

const vxlan = {
  vni: 0,
  port: 4789,
  external: true,
  learning: false,
  udp6ZeroCsumTx: true,
  udp6ZeroCsumRx: true,
  local: undefined,
  remote: undefined,
  device: undefined,
};

const right = link({
  name: 'heddle0',
  kind: 'vxlan',
  mac: wish.mac,
  mtu: 1430,
  arp: false,
  alias: 'heddle:overlay',
  gsoMaxSize: GSO_MAX_BYTES,
  vxlan,
});

t.test('a device that is right has no differences', t => {
  t.same(diffOverlayDevice(wish, right), { kind: 'mend', differences: [] });
  t.end();
});

t.test('a device that is not there is created', t => {
  t.same(diffOverlayDevice(wish, undefined), { kind: 'create' });
  t.end();
});

for (const [what, given, says] of [
  ['another kind', { vxlan: undefined }, 'it was not a VXLAN device in external mode'],
  [
    'a VNI of its own',
    { vxlan: { ...vxlan, external: false } },
    'it was not a VXLAN device in external mode',
  ],
  ['another port', { vxlan: { ...vxlan, port: 8472 } }, 'its UDP port was 8472'],
  [
    'learning',
    { vxlan: { ...vxlan, learning: true } },
    'it learned addresses or refused zero checksums over IPv6',
  ],
  [
    'no zero checksums',
    { vxlan: { ...vxlan, udp6ZeroCsumRx: false } },
    'it learned addresses or refused zero checksums over IPv6',
  ],
] as const) {
  t.test(`a device with ${what} is made anew`, t => {
    t.same(diffOverlayDevice(wish, { ...right, ...given }), { kind: 'recreate', reason: says });
    t.end();
  });
}

t.test('an end of a veth pair: ours, or made anew', t => {
  const desired = { ...wish, kind: 'veth' } as const;
  const pair = { ...right, kind: 'veth', vxlan: undefined };
  const anew = { kind: 'recreate', reason: "it was not an end of Heddle's veth pair" } as const;
  t.same(diffOverlayDevice(desired, pair), { kind: 'mend', differences: [] });
  t.same(diffOverlayDevice(desired, { ...pair, mtu: 1500 }), {
    kind: 'mend',
    differences: ['MTU 1500 became 1430'],
  });
  t.same(diffOverlayDevice(desired, { ...pair, alias: 'somebody' }), anew);
  t.same(diffOverlayDevice(desired, right), anew);
  t.same(diffOverlayDevice(wish, pair), {
    kind: 'recreate',
    reason: 'it was not a VXLAN device in external mode',
  });
  t.end();
});

for (const [given, says] of [
  [{ mac: '02:00:00:00:00:bb' }, 'MAC 02:00:00:00:00:bb became 02:00:00:00:00:aa'],
  [{ mac: undefined }, 'MAC none became 02:00:00:00:00:aa'],
  [{ mtu: 1500 }, 'MTU 1500 became 1430'],
  [{ arp: true }, 'ARP was switched off'],
  [{ alias: undefined }, 'alias was set'],
  [{ gsoMaxSize: 65_536 }, 'largest super-packet became 65485 bytes'],
] as const) {
  t.test(`mended: ${says}`, t => {
    t.same(diffOverlayDevice(wish, { ...right, ...given }), { kind: 'mend', differences: [says] });
    t.end();
  });
}

t.test('addresses: what is missing, what is stale, and the kernel its link-local one', t => {
  const actual = [
    address('10.1.0.0/32'),
    address('10.9.0.0/32'),
    address('fe80::1/64', { scope: 'link' }),
    address('fd00:1::/64'),
  ];
  const { missing, stale } = diffAddresses([parseAddr('10.1.0.0'), parseAddr('fd00:1::')], actual);
  t.same(missing, ['fd00:1::']);
  t.same(
    stale.map(one => `${one.address}/${one.prefixLength}`),
    ['10.9.0.0/32', 'fd00:1::/64'],
  );
  t.end();
});
