// What Heddle writes for flannel's nodes on its own Node: in flannel's letters, and no more than is there.
import t from 'tap';
import { overlayMac } from '../../../loader/model/derived-macs.ts';
import { flannelAnnotationsOf, parseVtep } from '../../../loader/model/flannel-annotations.ts';
import { noFlannelAnnotations, ownFlannelAnnotations } from '../../../loader/model/flannel-own-node.ts';
import type { FlannelSettings } from '../../../loader/model/flannel-peers.ts';
import { node } from './cluster.ts';

const PREFIX = 'flannel.alpha.coreos.com';
const SETTINGS: FlannelSettings = {
  nodeName: 'a',
  prefix: PREFIX,
  tunnel: { vni: 1, encapsulation: 'always' },
};
const VTEP = `{"VNI":1,"VtepMAC":"${overlayMac('a')}"}`;
const IPV4 = node('a', { cidrs: ['10.1.0.0/24'], internal: ['192.0.2.1'] });
const BOTH = node('a', { cidrs: ['10.1.0.0/24', 'fd00:1::/64'], internal: ['192.0.2.1', '2001:db8::1'] });

function named(texts: Readonly<Record<string, string | null>>): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${PREFIX}/${name}`, text]));
}

t.test('IPv4 alone', t => {
  t.strictSame(
    ownFlannelAnnotations(IPV4, SETTINGS),
    named({
      ...{ 'kube-subnet-manager': 'true', 'backend-type': 'vxlan', 'backend-data': VTEP },
      ...{ 'public-ip': '192.0.2.1', 'backend-v6-data': 'null', 'public-ipv6': null },
    }),
  );
  t.end();
});

t.test('both families, and IPv6 alone', t => {
  t.match(
    ownFlannelAnnotations(BOTH, SETTINGS),
    named({ 'backend-v6-data': VTEP, 'public-ip': '192.0.2.1', 'public-ipv6': '2001:db8::1' }),
  );
  const ipv6 = node('a', { cidrs: ['fd00:1::/64'], internal: ['192.0.2.1', '2001:db8::1'] });
  t.match(
    ownFlannelAnnotations(ipv6, SETTINGS),
    named({
      'backend-data': 'null',
      'public-ip': null,
      'backend-v6-data': VTEP,
      'public-ipv6': '2001:db8::1',
    }),
  );
  t.end();
});

t.test('what flannel reads of it is what was meant', t => {
  const written = ownFlannelAnnotations(IPV4, SETTINGS)?.[`${PREFIX}/backend-data`] ?? '';
  t.strictSame(parseVtep(written), { vni: 1, mac: overlayMac('a'), odd: [] });
  t.end();
});

t.test("plain routing is flannel's host-gw", t => {
  const plain = { ...SETTINGS, tunnel: { vni: 1, encapsulation: 'never' } } as const;
  t.match(
    ownFlannelAnnotations(IPV4, plain),
    named({ 'backend-type': 'host-gw', 'backend-data': 'null', 'public-ip': '192.0.2.1' }),
  );
  t.end();
});

t.test("an operator's public-ip-overwrite is where flannel's nodes send to", t => {
  const own = { ...IPV4, ...flannelAnnotationsOf({ [`${PREFIX}/public-ip-overwrite`]: '203.0.113.1' }) };
  const written = ownFlannelAnnotations(own, SETTINGS);
  t.match(written, named({ 'public-ip': '203.0.113.1' }));
  t.notOk(`${PREFIX}/public-ip-overwrite` in (written ?? {}), "it stays the operator's");
  t.notOk(`${PREFIX}/public-ip-overwrite` in noFlannelAnnotations(PREFIX));
  t.end();
});

t.test('nothing without a pod CIDR, or without an address of its family', t => {
  t.equal(ownFlannelAnnotations(node('a', { internal: ['192.0.2.1'] }), SETTINGS), undefined);
  t.equal(ownFlannelAnnotations(node('a', { cidrs: ['10.1.0.0/24'] }), SETTINGS), undefined);
  t.equal(
    ownFlannelAnnotations(node('a', { cidrs: ['10.1.0.0/24'], internal: ['2001:db8::1'] }), SETTINGS),
    undefined,
  );
  t.end();
});
