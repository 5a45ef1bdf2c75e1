// A Node or a Pod with one odd part among good ones: the good ones count, the odd one is reported.
import t from 'tap';
import { parse } from 'yaml';
import { readObject } from '../../../loader/sources/objects/read-object.ts';

interface Read {
  readonly object: object | undefined;
  readonly told: readonly string[];
}

function read(kind: string, text: string, metadata = 'name: a'): Read {
  const answer = readObject(parse(`{apiVersion: v1, kind: ${kind}, metadata: {${metadata}}, ${text}}`));
  if ('problem' in answer) return { object: undefined, told: [answer.problem.sentence] };
  return { object: answer.objects[0]?.object, told: answer.problems.map(({ sentence }) => sentence) };
}

const node = (text: string, metadata?: string) => read('Node', text, metadata);
const pod = (text: string, metadata?: string) => read('Pod', text, metadata);
const internal = (...addresses: string[]) =>
  `status: {addresses: [${addresses.map(address => `{type: InternalIP, address: ${address}}`).join(', ')}]}`;

for (const odd of [
  'node-a.example',
  '"fe80::1%eth0"',
  '010.0.0.1',
  '"::ffff:1.2.3"',
  '""',
  '10',
  '{}',
  'null',
  // what the kubelet refuses as --node-ip: nothing is reached by it on another machine
  '127.0.0.1',
  '0.0.0.0',
  '169.254.7.7',
  '224.0.0.1',
  '255.255.255.255',
  '"::1"',
  '"::"',
  '"fe80::1"',
  '"ff02::1"',
])
  t.test(`a node with the address ${odd} has its other one`, t => {
    const { object, told } = node(internal(odd, '192.0.2.1'));
    t.match(object, { internalAddresses: ['192.0.2.1'] });
    t.strictSame((object as { internalAddresses: unknown }).internalAddresses, ['192.0.2.1']);
    t.match(told.at(-1), /^Node a: status\.addresses\[0\].* is ignored$/);
    t.end();
  });

t.test('a node that has no other address has none, whoever says it', t => {
  const { object, told } = node(
    internal('127.0.0.1', '"fe80::1"'),
    `name: a, annotations: {heddle.dev/tunnel-address: "::1, 192.0.2.9"}`,
  );
  t.match(object, { internalAddresses: [], tunnelAddresses: ['192.0.2.9'] });
  t.match([...told].sort(), [
    /tunnel-address '::1, 192\.0\.2\.9' is no list of addresses of a node, .*: it is read as '192\.0\.2\.9'$/,
    /addresses\[0\]\.address '127\.0\.0\.1' is no address of a node: it is loopback: .* is ignored$/,
    /addresses\[1\]\.address 'fe80::1' is no address of a node: it is link-local: .* is ignored$/,
  ]);
  t.end();
});

t.test('an object that no parser takes is refused by name, and nothing is thrown', t => {
  let deep: unknown = 1;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  for (const status of [{ podIPs: deep }, { phase: deep }, { conditions: [{ type: deep }] }]) {
    const metadata = { name: 'a', namespace: 'shop', labels: 7 };
    const answer = readObject({ apiVersion: 'v1', kind: 'Pod', metadata, status });
    t.match(answer, { problem: { sentence: /^Pod shop\/a/ } });
  }
  t.end();
});

t.test('an address with leading zeros counts, as Kubernetes reads it, where its family has no other', t => {
  const { object, told } = node(internal('192.168.001.010', '"2001:db8::1"'));
  t.match(object, { internalAddresses: ['192.168.1.10', '2001:db8::1'] });
  t.match(told, [/'192\.168\.001\.010' is no IP address: it is read as '192\.168\.1\.10'$/]);
  t.end();
});

t.test('a pod CIDR with host bits is its prefix, one that is none takes no other along', t => {
  t.match(node('spec: {podCIDRs: [10.1.2.3/24, "fd00::/64"]}').object, {
    podCidrs: ['10.1.2.0/24', 'fd00::/64'],
  });
  t.strictSame(
    (node('spec: {podCIDRs: [10.1.0.0/24, 10.2.2.3/24, x, null, 7]}').object as { podCidrs: unknown })
      .podCidrs,
    ['10.1.0.0/24'],
  );
  t.match(node('spec: {podCIDRs: [x], podCIDR: 10.1.0.0/24}').object, { podCidrs: ['10.1.0.0/24'] });
  t.match(node('spec: {podCIDRs: 10.0.0.0/8}').object, { podCidrs: [] });
  t.end();
});

t.test('annotations of a node that cannot be read are ignored each, and of a list what is odd', t => {
  const { object, told } = node(
    internal('192.0.2.1'),
    'name: a, labels: {n: 1, t: true, e: null, m: {}}, annotations: {heddle.dev/tunnel-address: "192.0.2.9, x", heddle.dev/vtep-mac: aa, heddle.dev/uplink: a/b, other: {}}',
  );
  t.match(object, { tunnelAddresses: ['192.0.2.9'], internalAddresses: ['192.0.2.1'] });
  t.match(object, { labels: { n: '1', t: 'true', e: '' } });
  t.notOk('vtepMac' in (object ?? {}) || 'uplink' in (object ?? {}));
  t.equal(told.length, 8, told.join('\n'));
  t.end();
});

t.test('conditions and times of any kind are no reason to refuse', t => {
  const odd =
    'status: {conditions: [{type: 7}, null, x, {type: Ready, status: "True"}, {type: New, status: Maybe}]}';
  t.match(node(odd, 'name: a, creationTimestamp: 2026-01-02T03:04:05Z').object, {
    ...{ isReady: true, createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5) },
  });
  t.match(node('status: {conditions: [{type: Ready, status: Unknown}]}').object, { isReady: false });
  t.notMatch(node('status: {}', 'name: a, creationTimestamp: yesterday').object, { createdAtMs: Number });
  t.end();
});

t.test('a pod keeps its good addresses, and a phase of the future leaves it one that counts', t => {
  const { object, told } = pod(
    'status: {phase: Hibernated, podIPs: [{ip: x}, {ip: "fd00::1"}, null], podIP: 10.1.0.1}',
  );
  t.match(object, { addresses: ['fd00::1'], phase: 'Pending' });
  t.equal(told.length, 2);
  t.match(pod('status: {podIPs: [{ip: x}], podIP: 10.1.0.1}').object, { addresses: ['10.1.0.1'] });
  t.match(pod('status: {podIPs: [{ip: 10.01.0.1}]}').object, { addresses: ['10.1.0.1'] });
  t.end();
});

t.test('values that mean the same are read, null lists are none', t => {
  const spec =
    'hostNetwork: "true", nodeName: 7, initContainers: null, containers: [null, {ports: null}, {ports: [{containerPort: "80", name: web}]}]';
  t.match(pod(`spec: {${spec}}, status: null`).object, {
    ...{ hostNetwork: true, nodeName: '7', ports: [{ number: 80, name: 'web', protocol: 'TCP' }] },
  });
  t.end();
});

t.test('a port that is none takes no other along, and is none of another protocol', t => {
  const ports =
    '{containerPort: 0}, {containerPort: 70000}, {containerPort: 53, protocol: udp}, {name: web, containerPort: 80}';
  t.strictSame((pod(`spec: {containers: [{ports: [${ports}]}]}`).object as { ports: unknown }).ports, [
    { number: 80, protocol: 'TCP', name: 'web' },
  ]);
  t.end();
});

t.test(
  'ports of native sidecars are ports of the pod, those of other init containers and of ephemeral ones are not',
  t => {
    const container = (name: string, more = '') => `{${more} ports: [{name: ${name}, containerPort: 9100}]}`;
    const { object } = pod(`spec: {containers: [${container('main')}],
    initContainers: [${container('sidecar', 'restartPolicy: Always,')}, ${container('setup')},
      ${container('retried', 'restartPolicy: OnFailure,')}, ${container('odd', 'restartPolicy: {},')}],
    ephemeralContainers: [${container('debug')}]}`);
    t.strictSame(
      (object as { ports: { name: string }[] }).ports.map(({ name }) => name),
      ['main', 'sidecar'],
    );
    t.end();
  },
);

t.test('a pod that is terminating and when it was created are known, whatever the time of its end', t => {
  const at = 'creationTimestamp: "2026-01-02T03:04:05Z", deletionTimestamp: x';
  t.match(pod('status: {phase: Running}', `name: a, ${at}`).object, {
    isTerminating: true,
    createdAtMs: Number,
  });
  t.notMatch(pod('spec: {}', 'name: a, deletionTimestamp: null').object, { isTerminating: true });
  t.end();
});

t.test('a pod of which nobody can tell the policies is refused: its labels, its namespace', t => {
  for (const metadata of ['name: a, labels: {app: {}}', 'name: a, labels: [app]', 'name: a, namespace: {}'])
    t.equal(pod('spec: {}', metadata).object, undefined);
  t.match(pod('spec: {}', 'name: a, namespace: ""').object, { namespace: 'default' });
  t.end();
});

t.test('a namespace has its name as a label, as the API server sets it, whatever it says', t => {
  const label = 'kubernetes.io/metadata.name';
  t.strictSame(read('Namespace', 'spec: {}').object, { name: 'a', labels: { [label]: 'a' } });
  const other = read('Namespace', 'spec: {}', `name: a, labels: {${label}: b, team: x}`);
  t.strictSame(other.object, { name: 'a', labels: { [label]: 'a', team: 'x' } });
  t.match(other.told, [/'b' is not its name: it is read as 'a'$/]);
  t.match(read('Namespace', 'spec: {}', 'name: a, labels: 7').object, { labels: { [label]: 'a' } });
  t.end();
});
