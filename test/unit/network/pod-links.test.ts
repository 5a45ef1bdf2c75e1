// Only what differs on a pod's host end is set.
import { parseMac } from 'ip';
import t from 'tap';
import { diffPodLinks } from '../../../loader/network/pod-links.ts';
import { link } from './kernel-state.ts';

const gatewayMac = parseMac('02:00:00:00:00:fe');
const end = { ifindex: 2, gatewayMac };
const own = { owner: 'pod shop/web', mtu: 1450, hasIpv6: true };
const right = link({ name: 'hd1', kind: 'veth', mac: gatewayMac });

for (const [name, actual, settings] of [
  ['an end that is right', [right], undefined],
  ['an end that is gone', [link({ index: 3, name: 'hd2' })], undefined],
  ['an end that is down', [{ ...right, up: false }], { up: true }],
  ['an end with another MAC', [{ ...right, mac: '02:00:00:00:00:01' }], { mac: gatewayMac }],
  [
    'an end that is down and has none',
    [{ ...right, up: false, mac: undefined }],
    { up: true, mac: gatewayMac },
  ],
] as const) {
  t.test(`${name}: ${settings === undefined ? 'nothing' : Object.keys(settings).join(' and ')} is set`, t => {
    const wanted = settings === undefined ? [] : [settings];
    t.same(
      diffPodLinks([end], actual).map(diff => diff.settings),
      wanted,
    );
    t.end();
  });
}

const ipv6 = { disabled: false, acceptRa: 0, linkLocal: false };
const made = { ...right, mtu: 1450, alias: 'heddle:pod shop/web', ipv6 };
for (const [name, actual, settings, sysctls] of [
  ['of another MTU', { ...made, mtu: 9000 }, { mtu: 1450 }, {}],
  ['in a bridge', { ...made, master: 7 }, { master: 0 }, {}],
  ['without IPv6', { ...made, ipv6: { ...ipv6, disabled: true } }, {}, { disable_ipv6: '0' }],
  ['that takes router advertisements', { ...made, ipv6: { ...ipv6, acceptRa: 1 } }, {}, { accept_ra: '0' }],
  ['with a link-local address', { ...made, ipv6: { ...ipv6, linkLocal: true } }, { linkLocal: false }, {}],
] as const)
  t.test(`an end ${name}: mended if ADD made it, and a caller's own is left alone`, t => {
    t.match(diffPodLinks([{ ...end, own }], [actual]), [{ settings, sysctls }]);
    t.same(diffPodLinks([{ ...end, own: { ...own, hasIpv6: false } }], [made]), []);
    t.same(diffPodLinks([end], [actual]), []);
    t.end();
  });
