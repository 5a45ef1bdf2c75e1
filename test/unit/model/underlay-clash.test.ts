// Pod CIDRs that are the underlay's own network, contain it, lie inside it, or have its router.
import { parseAddr, parseCidr } from 'ip';
import t from 'tap';
import { offUnderlay, underlayClashes } from '../../../loader/model/underlay-clash.ts';

const UPLINK = {
  connected: ['192.168.9.0/24', 'fd09::/64', '198.51.100.7/32'].map(text => parseCidr(text)),
  defaultGateways: ['192.168.9.254', '172.31.1.1'].map(text => parseAddr(text)),
};

for (const [cidr, what] of [
  ['192.168.9.0/24', "the underlay's network 192.168.9.0/24"],
  ['192.168.0.0/16', "the underlay's network 192.168.9.0/24"],
  ['192.168.9.128/25', "the underlay's network 192.168.9.0/24"],
  ['192.168.9.64/26', "the underlay's network 192.168.9.0/24"],
  ['fd09::/64', "the underlay's network fd09::/64"],
  ['fd09::/48', "the underlay's network fd09::/64"],
  ['fd09::8:0/112', "the underlay's network fd09::/64"],
  ['198.51.100.0/24', "the underlay's network 198.51.100.7/32"],
  ['172.31.1.0/24', 'the default gateway 172.31.1.1'], // an on-link router outside of every network (Hetzner, GCP)
  ['10.9.1.0/24', undefined],
  ['192.168.8.0/24', undefined],
  ['fd09:0:0:1::/64', undefined],
] as const)
  t.test(`${cidr}: ${what ?? 'clashes with nothing'}`, t => {
    const [own, other] = [parseCidr(cidr), parseCidr('10.200.0.0/24')];
    t.strictSame(underlayClashes([other, own], [UPLINK]), what === undefined ? [] : [{ cidr: own, what }]);
    t.strictSame(offUnderlay([other, own], [UPLINK]), what === undefined ? [other, own] : [other]);
    t.end();
  });
