// Nodes with flannel's annotations as peers: where their VTEPs are, and which addresses are theirs.
import { parseAddr } from 'ip';
import t from 'tap';
import { overlayMac } from '../../../loader/model/derived-macs.ts';
import { flannelNames } from '../../../loader/model/flannel-annotations.ts';
import { FlannelPeers } from '../../../loader/model/flannel-peers.ts';
import type { TunnelSettings } from '../../../loader/model/node-facts.ts';
import { pathsTo, type PathOrigin } from '../../../loader/model/node-path.ts';
import { resolveNodes } from '../../../loader/model/resolved-nodes.ts';
import { inputOf, node, tablesOf } from './cluster.ts';
import { A, B, C, MAC4, MAC6, read, SETTINGS, withAnnotations, WRITTEN } from './flannel-nodes.ts';

function originOf(settings: Partial<TunnelSettings> = {}): PathOrigin {
  const { facts, tunnel } = inputOf({ settings });
  return { facts, tunnel, object: A };
}

t.test('a Node as flannel writes it has its VTEP', t => {
  const { b, problems } = read(WRITTEN);
  t.strictSame(problems, []);
  t.match(b, { flannelVteps: { ipv4: MAC4 }, tunnelAddresses: ['192.0.2.2'] });
  t.equal(b.flannelVteps?.ipv6, undefined);
  t.end();
});

t.test('without flannel, or on this node itself, annotations say nothing', t => {
  for (const managed of ['false', 'True', undefined])
    t.strictSame(read({ ...WRITTEN, 'kube-subnet-manager': managed }).b, B);
  const nodes = new Map([['a', withAnnotations(A, WRITTEN)]]);
  t.strictSame(new FlannelPeers(SETTINGS).of(nodes), { nodes: new Map([['a', A]]), problems: [] });
  t.end();
});

t.test('both families: packets of either go to the VTEP of IPv4, since that of IPv6 drops ours', t => {
  const { b, problems } = read({
    ...WRITTEN,
    'backend-v6-data': `{"VNI":7,"VtepMAC":"${MAC6}"}`,
    'public-ipv6': '2001:db8::2',
  });
  t.strictSame(problems, []);
  t.strictSame(b.tunnelAddresses, ['192.0.2.2', '2001:db8::2'], 'and its packets come from either');
  t.strictSame(b.flannelVteps, { ipv4: MAC4, ipv6: MAC6 });
  for (const settings of [{}, { family: 'ipv4' }] as const)
    for (const path of Object.values(pathsTo(b, originOf(settings))))
      t.match(path, { kind: 'overlay', tunnel: '192.0.2.2', source: '192.0.2.1', vtepMac: MAC4 });
  t.end();
});

t.test('a configured family is the only one, to nodes of flannel too, and what that costs is told', t => {
  const both = {
    ...WRITTEN,
    'backend-v6-data': `{"VNI":7,"VtepMAC":"${MAC6}"}`,
    'public-ipv6': '2001:db8::2',
  };
  const settings = { tunnel: { ...SETTINGS.tunnel, family: 'ipv6' } } as const;
  const { b, problems } = read(both, settings);
  for (const path of Object.values(pathsTo(b, originOf({ family: 'ipv6' }))))
    t.match(path, { kind: 'overlay', tunnel: '2001:db8::2', source: '2001:db8::1', vtepMac: MAC6 });
  t.match(problems, [/^node b: flannel's VTEP of IPv6 drops UDP without a checksum/]);
  t.match(read(WRITTEN, settings).problems, [
    /^node b: flannel has no VTEP of ipv6 there, and tunnel\.family is ipv6 here: set it to auto/,
  ]);
  t.strictSame(read(WRITTEN, { tunnel: { ...SETTINGS.tunnel, family: 'ipv4' } }).problems, []);
  t.end();
});

t.test('a node that Heddle has taken over goes by tunnel.family alone', t => {
  const data = `{"VNI":7,"VtepMAC":"${overlayMac('b')}"}`;
  const texts = { ...WRITTEN, 'backend-data': 'null', 'backend-v6-data': data, 'public-ipv6': '2001:db8::2' };
  for (const [family, tunnel] of [
    ['auto', '192.0.2.2'],
    ['ipv4', '192.0.2.2'],
    ['ipv6', '2001:db8::2'],
  ] as const) {
    const { b, problems } = read(texts, { tunnel: { ...SETTINGS.tunnel, family } });
    t.strictSame(problems, [], 'its VTEP takes packets of either family');
    t.match(pathsTo(b, originOf({ family })).ipv4, { tunnel, vtepMac: overlayMac('b') });
  }
  t.end();
});

t.test('IPv6 alone: its packets are taken, ours are dropped there, and it is told', t => {
  const { b, problems } = read({
    ...{ 'kube-subnet-manager': 'true', 'backend-type': 'vxlan', 'backend-data': 'null' },
    ...{ 'backend-v6-data': `{"VNI":7,"VtepMAC":"${MAC6}"}`, 'public-ipv6': '2001:db8::2' },
  });
  t.match(problems, [/^node b: flannel's VTEP of IPv6 drops UDP without a checksum/]);
  t.strictSame(b.flannelVteps, { ipv6: MAC6 });
  t.match(pathsTo(b, originOf()).ipv6, { tunnel: '2001:db8::2', vtepMac: MAC6 });
  t.end();
});

t.test("flannel's own packets come from its pod CIDR's first address: a node's address", t => {
  const { b } = read(WRITTEN);
  const { owners } = resolveNodes([A, b, C], []);
  t.equal(owners.get(parseAddr('10.2.0.0')), 'b');
  t.equal(owners.get(parseAddr('10.2.0.1')), 'b', 'the bridge');
  t.equal(owners.get(parseAddr('10.3.0.0')), undefined, 'a node of Heddle has no such address');
  t.equal(owners.get(parseAddr('fd00:2::')), undefined, 'nor one without a VTEP of the family');
  const { endpoints } = tablesOf({ nodes: [A, b, C] });
  t.match(
    endpoints.find(({ key }) => key.addr === '10.2.0.0'),
    { value: { kind: 'ENDPOINT_REMOTE_NODE' }, node: 'b' },
  );
  t.end();
});

t.test('public-ip-overwrite counts, and an annotation of Heddle before it', t => {
  const overwritten = { ...WRITTEN, 'public-ip-overwrite': '203.0.113.2' };
  t.strictSame(read(overwritten).b.tunnelAddresses, ['203.0.113.2']);
  t.strictSame(read({ ...WRITTEN, 'public-ip-overwrite': '' }).b.tunnelAddresses, ['192.0.2.2']);
  const annotated = { ...B, tunnelAddresses: [parseAddr('198.51.100.2')] };
  t.strictSame(read(overwritten, {}, annotated).b.tunnelAddresses, ['198.51.100.2']);
  t.end();
});

for (const [prefix, full] of [
  ['flannel.alpha.coreos.com', 'flannel.alpha.coreos.com/'],
  ['net.example.com/', 'net.example.com/'],
  ['net.example.com/blue', 'net.example.com/blue-'],
  ['net.example.com/blue-', 'net.example.com/blue-'],
] as const)
  t.test(`the prefix ${prefix}`, t => {
    t.equal(flannelNames(prefix).managed, `${full}kube-subnet-manager`);
    const nodes = new Map([['b', withAnnotations(B, WRITTEN, full)]]);
    const peers = new FlannelPeers({ ...SETTINGS, prefix }).of(nodes);
    t.match(peers.nodes.get('b'), { flannelVteps: { ipv4: MAC4 } });
    t.strictSame(
      new FlannelPeers({ ...SETTINGS, prefix: 'other.example.com' }).of(nodes).nodes.get('b'),
      B,
      'those of another flannel are not read',
    );
    t.end();
  });

t.test('host-gw beside plain routing is a peer without a VTEP', t => {
  const { b, problems } = read(
    { ...WRITTEN, 'backend-type': 'host-gw', 'backend-data': 'null' },
    { tunnel: { vni: 7, encapsulation: 'never' } },
  );
  t.strictSame(problems, []);
  t.strictSame(b.flannelVteps, {});
  t.equal(resolveNodes([A, b], []).owners.get(parseAddr('10.2.0.0')), undefined, 'it has no flannel.1');
  t.end();
});

t.test('one MAC on two nodes: told, and both are reached', t => {
  const two = new Map(
    [withAnnotations(B, WRITTEN), withAnnotations(C, { ...WRITTEN, 'public-ip': '198.51.100.3' })].map(
      one => [one.name, one],
    ),
  );
  const { nodes, problems } = new FlannelPeers(SETTINGS).of(two);
  t.match(problems, [
    new RegExp(`^nodes b and c have one VTEP MAC, ${MAC4}, so flannel's nodes reach only one of them`),
  ]);
  t.equal(problems.length, 1);
  for (const [name, tunnel] of [
    ['b', '192.0.2.2'],
    ['c', '198.51.100.3'],
  ] as const) {
    const peer = nodes.get(name) ?? node(name);
    t.match(pathsTo(peer, originOf()).ipv4, { tunnel });
  }
  t.end();
});

t.test('a node that Heddle has taken over, and its annotations: the derived MAC, as ever', t => {
  const { b, problems } = read({ ...WRITTEN, 'backend-data': `{"VNI":7,"VtepMAC":"${overlayMac('b')}"}` });
  t.strictSame(problems, []);
  t.equal(b.flannelVteps, undefined);
  t.match(pathsTo(b, originOf()).ipv4, { tunnel: '192.0.2.2', vtepMac: overlayMac('b') });
  t.end();
});

t.test('a Node that stays the same is the same peer; none with annotations: the same map', t => {
  const peers = new FlannelPeers(SETTINGS);
  const b = withAnnotations(B, WRITTEN);
  const first = peers.of(new Map([['b', b]])).nodes.get('b');
  t.equal(peers.of(new Map([...new Map([['b', b]]), ['c', C]])).nodes.get('b'), first);
  const plain = new Map([['c', C]]);
  t.equal(peers.of(plain).nodes, plain);
  t.end();
});
