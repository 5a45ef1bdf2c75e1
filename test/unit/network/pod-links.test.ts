// Only what differs on a pod's host end is set.
import { parseMac } from 'ip';
import t from 'tap';
import { diffPodLinks } from '../../../loader/network/pod-links.ts';
import { link } from './kernel-state.ts';

const gatewayMac = parseMac('02:00:00:00:00:fe');
const end = { ifindex: 2, gatewayMac };
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
