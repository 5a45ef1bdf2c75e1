// Services and EndpointSlices as API servers store them: what is kept, what of a broken one is done without.
import t from 'tap';
import { parse } from 'yaml';
import { readObject } from '../../../loader/sources/objects/read-object.ts';

interface Read {
  readonly object: object | undefined;
  readonly told: readonly string[];
}

function read(text: string): Read {
  const answer = readObject(parse(text));
  if ('problem' in answer) return { object: undefined, told: [answer.problem.sentence] };
  return { object: answer.objects[0]?.object, told: answer.problems.map(({ sentence }) => sentence) };
}

const service = (text: string, metadata = 'name: web') =>
  read(`{apiVersion: v1, kind: Service, metadata: {${metadata}}, ${text}}`);
const slice = (text: string, labels = '{kubernetes.io/service-name: web}') =>
  read(
    `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-1, labels: ${labels}}, ${text}}`,
  );

t.test('a Service keeps what Heddle uses of it', t => {
  const { object, told } = read(`
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  uid: u-1
  creationTimestamp: 2026-01-01T00:00:00Z
  labels: { app: web }
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  clusterIPs: [10.96.0.10, "FD00:0::a"]
  externalIPs: [192.0.2.7]
  ports:
    - { name: http, port: 80, targetPort: web, nodePort: 30080, appProtocol: http }
    - { name: dns, port: 53, protocol: UDP }
  sessionAffinity: ClientIP
  sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } }
  internalTrafficPolicy: Local
  externalTrafficPolicy: Local
  trafficDistribution: PreferClose
  loadBalancerSourceRanges: [198.51.100.0/24]
  healthCheckNodePort: 31000
  publishNotReadyAddresses: true
  selector: { app: web }
status: { loadBalancer: { ingress: [{ ip: 203.0.113.1 }, { ip: 203.0.113.2, ipMode: Proxy }, { hostname: lb.example }] } }
`);
  t.strictSame(told, []);
  t.strictSame(object, {
    namespace: 'shop',
    name: 'web',
    uid: 'u-1',
    createdAtMs: Date.parse('2026-01-01T00:00:00Z'),
    type: 'LoadBalancer',
    clusterIps: ['10.96.0.10', 'fd00::a'],
    externalIps: ['192.0.2.7'],
    loadBalancerIps: ['203.0.113.1'],
    ports: [
      { name: 'http', protocol: 'TCP', port: 80, nodePort: 30080 },
      { name: 'dns', protocol: 'UDP', port: 53 },
    ],
    affinityS: 60,
    internalTrafficPolicy: 'Local',
    externalTrafficPolicy: 'Local',
    trafficDistribution: 'PreferClose',
    sourceRanges: ['198.51.100.0/24'],
    healthCheckNodePort: 31000,
    publishNotReadyAddresses: true,
  });
  t.end();
});

/** What is said, and what of the model it comes to. */
const SERVICES: Readonly<Record<string, readonly [text: string, expected: object, metadata?: string]>> = {
  'nothing but a name': ['spec: null', { type: 'ClusterIP', clusterIps: [], ports: [], affinityS: 0 }],
  'the clusterIP of old': ['spec: {clusterIP: 10.96.0.1, clusterIPs: []}', { clusterIps: ['10.96.0.1'] }],
  headless: ['spec: {clusterIP: None, clusterIPs: [None]}', { clusterIps: [] }],
  'no address yet': ['spec: {clusterIP: ""}', { clusterIps: [] }],
  'the default timeout of affinity': ['spec: {sessionAffinity: ClientIP}', { affinityS: 10_800 }],
  'an address with leading zeros': ['spec: {clusterIP: 010.096.0.1}', { clusterIps: ['10.96.0.1'] }],
  'source ranges without any': ['spec: {loadBalancerSourceRanges: []}', { sourceRanges: undefined }],
  "another program's": [
    'spec: {}',
    { isForeign: true },
    'name: a, labels: {service.kubernetes.io/service-proxy-name: x}',
  ],
  'the headless label': [
    'spec: {}',
    { isForeign: true },
    'name: a, labels: {service.kubernetes.io/headless: ""}',
  ],
};

for (const [name, [text, expected, metadata]] of Object.entries(SERVICES))
  t.test(`a Service with ${name}`, t => {
    const { object, told } = service(text, metadata);
    t.strictSame(told, []);
    for (const [field, value] of Object.entries(expected))
      t.strictSame((object as Record<string, unknown>)[field], value, field);
    t.end();
  });

/** What is odd, what is told of it, what is left. */
const ODD: Readonly<Record<string, readonly [text: string, told: RegExp, left: object]>> = {
  'one clusterIP of two': [
    'spec: {clusterIPs: [no, "fd00::1"]}',
    /^Service default\/web: spec\.clusterIPs\[0\] .* is ignored$/,
    { clusterIps: ['fd00::1'] },
  ],
  'one port of two': [
    'spec: {ports: [{port: 0}, {name: b, port: 53}]}',
    /^Service default\/web: spec\.ports\[0\].* is ignored$/,
    { ports: [{ name: 'b', protocol: 'TCP', port: 53 }] },
  ],
  'an unknown protocol': [
    'spec: {ports: [{name: a, port: 1, protocol: DCCP}, {name: b, port: 53}]}',
    /spec\.ports\[0\] is ignored$/,
    { ports: [{ name: 'b', protocol: 'TCP', port: 53 }] },
  ],
  'an unknown traffic policy': [
    'spec: {internalTrafficPolicy: Near}',
    /spec\.internalTrafficPolicy .* is ignored$/,
    { internalTrafficPolicy: 'Cluster' },
  ],
  'source ranges that nobody can read': [
    'spec: {loadBalancerSourceRanges: [all]}',
    /spec\.loadBalancerSourceRanges\[0\] .* is ignored$/,
    { sourceRanges: [] },
  ],
};

for (const [name, [text, problem, left]] of Object.entries(ODD))
  t.test(`a Service with ${name}: the rest goes on`, t => {
    const { object, told } = service(text);
    t.match(told[0], problem);
    for (const [field, value] of Object.entries(left))
      t.strictSame((object as Record<string, unknown>)[field], value, field);
    t.end();
  });

t.test('a slice keeps its endpoints with what kube-proxy takes of their conditions', t => {
  const { object, told } = slice(`
addressType: IPv4,
endpoints: [
  {addresses: [10.1.0.1, 10.1.0.9], nodeName: a, zone: z1, targetRef: {kind: Pod}},
  {addresses: [10.1.0.2], conditions: {ready: false, serving: true, terminating: true}, hints: {forZones: [{name: z1}]}},
  {addresses: [10.1.0.3], conditions: {ready: null}, hints: {forZones: [{name: z1}]}},
  {addresses: []}],
ports: [{name: "", port: 8080}, {name: dns, port: 53, protocol: UDP}, {name: any, port: null}]`);
  t.strictSame(told, []);
  const hints = { zones: ['z1'], nodes: [] };
  t.strictSame(object, {
    namespace: 'default',
    name: 'web-1',
    serviceName: 'web',
    family: 'ipv4',
    endpoints: [
      { addr: '10.1.0.1', isReady: true, isServing: true, isTerminating: false, nodeName: 'a' },
      { addr: '10.1.0.2', isReady: false, isServing: true, isTerminating: true, hints },
      { addr: '10.1.0.3', isReady: true, isServing: true, isTerminating: false, hints },
    ],
    ports: [
      { name: '', protocol: 'TCP', port: 8080 },
      { name: 'dns', protocol: 'UDP', port: 53 },
    ],
  });
  const [, second, third] = (object as { endpoints: { hints?: object }[] }).endpoints;
  t.equal(second?.hints, third?.hints, 'equal hints are one object');
  t.end();
});

t.test('equal ports of two slices are one list', t => {
  const [a, b] = [1, 2].map(() => slice('addressType: IPv4, ports: [{name: a, port: 7}]').object);
  t.equal((a as { ports: object }).ports, (b as { ports: object }).ports);
  t.end();
});

for (const labels of [
  '{}',
  '{kubernetes.io/service-name: web, service.kubernetes.io/headless: ""}',
  '{kubernetes.io/service-name: web, service.kubernetes.io/service-proxy-name: x}',
])
  t.test(`a slice with the labels ${labels} is of no Service of ours`, t => {
    t.notMatch(slice('addressType: IPv4', labels).object, { serviceName: String });
    t.end();
  });

t.test('names of hosts are no endpoints', t => {
  t.match(slice('addressType: FQDN, endpoints: [{addresses: [a.example]}]').object, {
    family: undefined,
    endpoints: [],
  });
  t.end();
});

for (const [name, odd] of Object.entries({
  'an address that is none': '{addresses: [nowhere, 10.1.0.9]}',
  'an address of the other family': '{addresses: ["fd00::1"]}',
  'conditions that cannot be read': '{addresses: [10.1.0.9], conditions: {ready: perhaps}}',
}))
  t.test(`of ${name} the other endpoints stay`, t => {
    const { object, told } = slice(`addressType: IPv4, endpoints: [${odd}, {addresses: [10.1.0.2]}]`);
    t.equal(told.length, 1);
    t.match(told[0], /^EndpointSlice default\/web-1: endpoints\[0\]/);
    t.strictSame(
      (object as { endpoints: { addr: string }[] }).endpoints.map(({ addr }) => addr),
      ['10.1.0.2'],
    );
    t.end();
  });

t.test('a slice without a family says nothing', t => {
  t.match(slice('addressType: MAC').told[0], /addressType/);
  t.equal(slice('addressType: MAC').object, undefined);
  t.end();
});
