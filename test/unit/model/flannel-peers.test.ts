// Nodes with flannel's annotations: what they come to, and what each odd one costs. The kind: a peer's own word about itself
// is wrong. The others go on, and a sentence names node, annotation and value.
import { parseAddr } from 'ip';
import t from 'tap';
import { overlayMac } from '../../../loader/model/derived-macs.ts';
import { flannelAnnotationsOf, flannelNames } from '../../../loader/model/flannel-annotations.ts';
import { FlannelPeers, type FlannelSettings } from '../../../loader/model/flannel-peers.ts';
import { pathsTo } from '../../../loader/model/node-path.ts';
import type { NodeObject } from '../../../loader/model/objects.ts';
import { resolveNodes } from '../../../loader/model/resolved-nodes.ts';
import { inputOf, node, NODES, tablesOf } from './cluster.ts';

const PREFIX = 'flannel.alpha.coreos.com';
const SETTINGS: FlannelSettings = {
  nodeName: 'a',
  prefix: PREFIX,
  tunnel: { vni: 7, encapsulation: 'always' },
};
const [MAC4, MAC6] = ['02:aa:00:00:00:04', '02:aa:00:00:00:06'];

/** As flannel writes them in a cluster of IPv4. */
const WRITTEN = {
  'kube-subnet-manager': 'true',
  'backend-type': 'vxlan',
  'backend-data': `{"VNI":7,"VtepMAC":"${MAC4}"}`,
  'backend-v6-data': 'null',
  'public-ip': '192.0.2.2',
};

type Texts = Readonly<Record<string, string | undefined>>;

function withAnnotations(base: NodeObject, texts: Texts, prefix = `${PREFIX}/`): NodeObject {
  const entries = Object.entries(texts).filter((one): one is [string, string] => one[1] !== undefined);
  return {
    ...base,
    ...flannelAnnotationsOf(Object.fromEntries(entries.map(([name, text]) => [`${prefix}${name}`, text]))),
  };
}

const [A, B, C] = NODES as readonly [NodeObject, NodeObject, NodeObject];

/** Of node b, beside a and c as they are. */
function read(texts: Texts, settings: Partial<FlannelSettings> = {}, base: NodeObject = B) {
  const nodes = new Map([A, withAnnotations(base, texts), C].map(one => [one.name, one]));
  const { nodes: peers, problems } = new FlannelPeers({ ...SETTINGS, ...settings }).of(nodes);
  const b = peers.get('b') ?? base;
  t.equal(b.flannelAnnotations, undefined);
  t.equal(peers.get('a'), A, 'others are the same objects');
  return { b, problems };
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

t.test('both families: each by its own VTEP, in outer headers of its own', t => {
  const { b, problems } = read({
    ...WRITTEN,
    'backend-v6-data': `{"VNI":7,"VtepMAC":"${MAC6}"}`,
    'public-ipv6': '2001:db8::2',
  });
  t.strictSame(problems, []);
  const input = inputOf({});
  const paths = pathsTo(b, { facts: input.facts, tunnel: input.tunnel, object: A });
  t.match(paths.ipv4, {
    kind: 'overlay',
    tunnel: '192.0.2.2',
    source: '192.0.2.1',
    vtepMac: MAC4,
    mtu: 1450,
  });
  t.match(paths.ipv6, {
    ...{ kind: 'overlay', tunnel: '2001:db8::2', source: '2001:db8::1', vtepMac: MAC6, mtu: 1430 },
  });
  t.end();
});

t.test('IPv6 alone', t => {
  const { b, problems } = read({
    ...{ 'kube-subnet-manager': 'true', 'backend-type': 'vxlan', 'backend-data': 'null' },
    ...{ 'backend-v6-data': `{"VNI":7,"VtepMAC":"${MAC6}"}`, 'public-ipv6': '2001:db8::2' },
  });
  t.strictSame(problems, []);
  t.strictSame(b.flannelVteps, { ipv6: MAC6 });
  t.strictSame(b.tunnelAddresses, ['2001:db8::2']);
  t.end();
});

t.test("a family without a VTEP goes by the other's", t => {
  const { b } = read(WRITTEN);
  const input = inputOf({});
  const paths = pathsTo(b, { facts: input.facts, tunnel: input.tunnel, object: A });
  t.match(paths.ipv6, { tunnel: '192.0.2.2', vtepMac: MAC4 });
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

interface Odd {
  readonly what: string;
  readonly texts: Texts;
  readonly problem: RegExp;
  /** What is left of it. */
  readonly left?: object;
  readonly settings?: Partial<FlannelSettings>;
}

const DATA = `annotation ${PREFIX}/backend-data`;
const ODD: readonly Odd[] = [
  ...[
    ['{"VNI":7,', /is not a JSON object: \{"VNI":7,: end flannel there/],
    ['[]', /is not a JSON object: \[\]/],
    ['7', /is not a JSON object: 7/],
    ['{"VNI":7}', /has no VtepMAC: \{"VNI":7\}/],
    ['{"VNI":7,"VtepMAC":5}', /has no VtepMAC/],
    ['{"VNI":7,"VtepMAC":"02:aa"}', /'02:aa' is not a MAC address/],
    ['{"VNI":7,"VtepMAC":"01:00:5e:00:00:01"}', /names 01:00:5e:00:00:01, which is not the MAC of a device/],
    ['{"VNI":7,"VtepMAC":"00:00:00:00:00:00"}', /names 00:00:00:00:00:00, which is not the MAC of a device/],
  ].map(([data, reason]) => ({
    what: `backend-data ${String(data)}`,
    texts: { ...WRITTEN, 'backend-data': String(data) },
    problem: new RegExp(`^node b: ${DATA} ${(reason as RegExp).source}`),
    left: { internalAddresses: ['192.0.2.2', '2001:db8::2'] },
  })),
  {
    what: 'names in lower case, as Go reads them, too',
    texts: { ...WRITTEN, 'backend-data': `{"vni":7,"vtepmac":"${MAC4}"}` },
    problem: new RegExp(`^node b: ${DATA} has vni and vtepmac: flannel writes VNI and VtepMAC`),
    left: { flannelVteps: { ipv4: MAC4 } },
  },
  {
    what: 'another VNI',
    texts: { ...WRITTEN, 'backend-data': `{"VNI":1,"VtepMAC":"${MAC4}"}` },
    problem: /has VNI 1, and this node 7: set tunnel\.vni to 1/,
    left: { flannelVteps: { ipv4: MAC4 } },
  },
  ...['wireguard', 'udp', 'ipsec', 'alloc', ''].map(type => ({
    what: `backend '${type}'`,
    texts: { ...WRITTEN, 'backend-type': type },
    problem: /its pods are not reached before it runs Heddle/,
    left: B,
  })),
  {
    what: 'host-gw, where this node encapsulates',
    texts: { ...WRITTEN, 'backend-type': 'host-gw', 'backend-data': 'null' },
    problem: /^node b: flannel routes plainly there \(host-gw\).*set tunnel\.encapsulation to never/,
    left: { tunnelAddresses: ['192.0.2.2'] },
  },
  {
    what: 'vxlan, where this node routes plainly',
    texts: WRITTEN,
    problem: /^node b: flannel encapsulates there \(vxlan\).*set tunnel\.encapsulation to always/,
    settings: { tunnel: { vni: 7, encapsulation: 'never' } },
  },
  ...['', 'x', '0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255', '169.254.1.1', '2001:db8::2'].map(
    address => ({
      what: `public-ip '${address}'`,
      texts: { ...WRITTEN, 'public-ip': address },
      problem: new RegExp(
        `^node b: annotation ${PREFIX}/public-ip has '${address}', which is not an address to send to: 192\\.0\\.2\\.2 is used`,
      ),
      left: { flannelVteps: { ipv4: MAC4 }, tunnelAddresses: [] },
    }),
  ),
  {
    what: 'no VTEP at all',
    texts: { ...WRITTEN, 'backend-data': undefined },
    problem: /names no VTEP, so nothing reaches its pods/,
  },
];

for (const { what, texts, problem, left, settings } of ODD)
  t.test(`odd: ${what}`, t => {
    const { b, problems } = read(texts, settings);
    t.equal(problems.length, 1, problems.join('; '));
    t.match(problems[0], problem);
    if (left !== undefined) t.match(b, left);
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
  const input = inputOf({ nodes: [A, ...nodes.values()] });
  for (const [name, tunnel] of [
    ['b', '192.0.2.2'],
    ['c', '198.51.100.3'],
  ] as const) {
    const peer = nodes.get(name) ?? node(name);
    t.match(pathsTo(peer, { facts: input.facts, tunnel: input.tunnel, object: A }).ipv4, { tunnel });
  }
  t.end();
});

t.test('a node that Heddle has taken over, and its annotations: the derived MAC, as ever', t => {
  const { b, problems } = read({ ...WRITTEN, 'backend-data': `{"VNI":7,"VtepMAC":"${overlayMac('b')}"}` });
  t.strictSame(problems, []);
  t.match(b, { flannelVteps: { ipv4: overlayMac('b') } });
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
