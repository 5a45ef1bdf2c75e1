import t from 'tap';
import { parse } from 'yaml';
import { readObject } from '../../../loader/sources/objects/read-object.ts';

function objectOf(text: string): unknown {
  const read = readObject(parse(text));
  return 'objects' in read ? read.objects[0]?.object : read.problem.sentence;
}

t.test('a node keeps what Heddle uses of it', t => {
  const node = objectOf(`
apiVersion: v1
kind: Node
metadata:
  name: node-a
  labels: { zone: east }
  annotations:
    heddle.dev/tunnel-address: 192.0.2.9, 2001:DB8::9
    heddle.dev/vtep-mac: 02:AA:BB:CC:DD:EE
    heddle.dev/uplink: bond0
    other: ignored
spec: { podCIDRs: [10.1.0.0/24, "fd00:1::/64"], taints: [] }
status:
  addresses:
    - { type: InternalIP, address: 192.0.2.1 }
    - { type: ExternalIP, address: 198.51.100.1 }
    - { type: Hostname, address: node-a }
    - { type: InternalIP, address: "2001:db8:0::1" }
`);
  t.strictSame(node, {
    name: 'node-a',
    labels: { zone: 'east' },
    podCidrs: ['10.1.0.0/24', 'fd00:1::/64'],
    internalAddresses: ['192.0.2.1', '2001:db8::1'],
    externalAddresses: ['198.51.100.1'],
    tunnelAddresses: ['192.0.2.9', '2001:db8::9'],
    vtepMac: '02:aa:bb:cc:dd:ee',
    uplink: 'bond0',
  });
  t.end();
});

t.test('a node may have the one podCIDR of old, or nothing yet', t => {
  const old = objectOf('{apiVersion: v1, kind: Node, metadata: {name: a}, spec: {podCIDR: 10.1.0.0/24}}');
  t.match(old, { podCidrs: ['10.1.0.0/24'] });
  const bare = objectOf('{apiVersion: v1, kind: Node, metadata: {name: a, labels: null}, spec: null}');
  t.match(bare, { podCidrs: [], labels: {}, internalAddresses: [] });
  t.end();
});

t.test('a pod keeps its labels, node, addresses and ports', t => {
  const pod = objectOf(`
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, uid: u-1, labels: { app: web } }
spec:
  nodeName: node-a
  containers:
    - ports: [{ name: http, containerPort: 80 }, { containerPort: 53, protocol: UDP }]
    - name: without-ports
status: { phase: Running, podIP: 10.1.0.5, podIPs: [{ ip: "fd00:1::5" }, { ip: 10.1.0.5 }] }
`);
  t.strictSame(pod, {
    namespace: 'shop',
    name: 'web',
    labels: { app: 'web' },
    hostNetwork: false,
    phase: 'Running',
    addresses: ['10.1.0.5', 'fd00:1::5'],
    ports: [
      { number: 80, protocol: 'TCP', name: 'http' },
      { number: 53, protocol: 'UDP' },
    ],
    uid: 'u-1',
    nodeName: 'node-a',
  });
  t.end();
});

t.test('a pod that nobody has scheduled has neither node nor addresses', t => {
  const pod = objectOf('{apiVersion: v1, kind: Pod, metadata: {name: p}, status: {podIP: ""}}');
  t.strictSame(pod, {
    namespace: 'default',
    name: 'p',
    labels: {},
    hostNetwork: false,
    phase: 'Pending',
    addresses: [],
    ports: [],
  });
  t.end();
});

t.test('a list is its items, which need not say their kind', t => {
  const read = readObject(
    parse(`
apiVersion: v1
kind: PodList
items:
  - { metadata: { name: a } }
  - { metadata: { name: b } }
`),
  );
  t.match(read, { objects: [{ object: { name: 'a' } }, { object: { name: 'b' } }] });
  const mixed = readObject(
    parse(`
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Namespace, metadata: { name: n } }
  - { apiVersion: apps/v1, kind: Deployment, metadata: { name: d } }
  - { apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: p }, spec: {} }
`),
  );
  t.match(mixed, { objects: [{ kind: 'Namespace' }, { kind: 'NetworkPolicy' }] });
  t.strictSame(readObject({ apiVersion: 'v1', kind: 'List' }), { objects: [], problems: [] });
  t.end();
});

const wrong: readonly (readonly [yaml: string, sentence: string])[] = [
  ['7', 'the document is no Kubernetes object: it must have apiVersion and kind'],
  ['{kind: Pod}', 'the document: apiVersion is missing'],
  ['{apiVersion: v1, kind: Pod}', 'a Pod: metadata is missing'],
  ['{apiVersion: v1, kind: Pod, metadata: {}}', 'a Pod: metadata.name is missing'],
  [
    '{apiVersion: v1, kind: Pod, metadata: {name: "a b; rm -rf /"}}',
    "Pod default/a b; rm -rf /: metadata.name 'a b; rm -rf /' is no lower-case DNS name",
  ],
  ['{apiVersion: v2, kind: Node, metadata: {name: a}}', "Node has apiVersion 'v2': write v1"],
  ['{apiVersion: v1, kind: Secret, metadata: {name: a}}', 'kind Secret is none that Heddle reads'],
  [
    '{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: {}}}}',
    'Pod default/a: metadata.labels.app {} must be text: put it in quotes',
  ],
  [
    '{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: A}}',
    "Pod A/a: metadata.namespace 'A' is no lower-case DNS name",
  ],
  ['{apiVersion: v1, kind: List, items: 7}', 'List: items 7 must be a list'],
];

for (const [yaml, sentence] of wrong)
  t.test(`${yaml} is refused with one sentence`, t => {
    t.equal(objectOf(yaml), sentence);
    t.end();
  });

t.test('a wrong item of a list is named by its place, and the others count', t => {
  const read = readObject(
    parse('{apiVersion: v1, kind: PodList, items: [{metadata: {name: a}}, {metadata: {}}]}'),
  );
  t.match(read, {
    objects: [{ object: { name: 'a' } }],
    problems: [{ path: ['items', 1, 'metadata', 'name'], sentence: 'a Pod: metadata.name is missing' }],
    isBroken: true,
  });
  t.end();
});

t.test(
  'a static pod has the uid that its kubelet and runtime call it by beside the one of its mirror object',
  t => {
    const withAnnotations = (annotations: string): unknown =>
      objectOf(
        `{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: b, uid: u-1, annotations: {${annotations}}}, spec: {}}`,
      );
    t.match(withAnnotations('kubernetes.io/config.hash: h1, kubernetes.io/config.source: file'), {
      uid: 'u-1',
      staticUid: 'h1',
    });
    t.match(withAnnotations('kubernetes.io/config.mirror: h2'), { staticUid: 'h2' });
    for (const none of ['', 'kubernetes.io/config.hash: ""', 'kubernetes.io/config.source: api'])
      t.notOk('staticUid' in (withAnnotations(none) as object), none);
    t.end();
  },
);
