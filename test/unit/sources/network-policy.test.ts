import t from 'tap';
import { networkPolicy, policyOf } from './policy-object.ts';

const everything = { matchLabels: {}, matchExpressions: [] };
const rules = (spec: string) => policyOf(networkPolicy(spec)).ingress;
const peers = (...texts: string[]) => rules(`ingress: [{from: [${texts.join(', ')}]}]`)[0]?.peers;
const ports = (...texts: string[]) => rules(`ingress: [{ports: [${texts.join(', ')}]}]`)[0]?.ports;

t.test('a policy is read whole', t => {
  const policy = policyOf(
    networkPolicy(`
      podSelector: {matchLabels: {app: web}},
      policyTypes: [Egress, Ingress],
      ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}],
      egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}, {}]`),
  );
  t.strictSame(policy, {
    kind: 'NetworkPolicy',
    namespace: 'shop',
    name: 'p',
    tier: 'NetworkPolicy',
    priority: 0,
    subject: { namespaces: { name: 'shop' }, pods: { matchLabels: { app: 'web' }, matchExpressions: [] } },
    isolates: ['egress', 'ingress'],
    egress: [
      { action: 'Accept', peers: [{ kind: 'network', cidr: '10.0.0.0/8', except: [] }], ports: 'all' },
      { action: 'Accept', peers: 'all', ports: 'all' },
    ],
    ingress: [
      {
        action: 'Accept',
        peers: [{ kind: 'pods', namespaces: { name: 'shop' }, pods: everything }],
        ports: [{ kind: 'range', protocol: 'TCP', first: 80, last: 80 }],
      },
    ],
  });
  t.match(policyOf(networkPolicy('', 'name: p')), { namespace: 'default', subject: { pods: everything } });
  t.end();
});

/** What the types, or the API's default for them, make of the sections. */
const directions: readonly (readonly [spec: string, isolates: string, ingress: number, egress: number])[] = [
  ['', 'ingress', 0, 0],
  ['policyTypes: null', 'ingress', 0, 0],
  ['policyTypes: []', 'ingress', 0, 0],
  ['ingress: [{}]', 'ingress', 1, 0],
  ['ingress: null, egress: null', 'ingress', 0, 0],
  ['egress: []', 'ingress', 0, 0],
  ['policyTypes: [], egress: []', 'ingress', 0, 0],
  ['egress: [{}]', 'egress,ingress', 0, 1],
  ['policyTypes: [], egress: [{}]', 'egress,ingress', 0, 1],
  ['policyTypes: [Egress]', 'egress', 0, 0],
  ['policyTypes: [Egress], ingress: [{}]', 'egress', 0, 0],
  ['policyTypes: [Ingress], egress: [{}], ingress: [{}, {}]', 'ingress', 2, 0],
  ['policyTypes: [Egress, Ingress], egress: [{}], ingress: []', 'egress,ingress', 0, 1],
  ['policyTypes: [Egress, Egress]', 'egress', 0, 0],
];
for (const [spec, isolates, ingress, egress] of directions)
  t.test(`{${spec}} isolates ${isolates}`, t => {
    const policy = policyOf(networkPolicy(spec));
    t.equal(policy.isolates.join(), isolates);
    t.equal(policy.ingress.length, ingress);
    t.equal(policy.egress.length, egress);
    t.end();
  });

t.test('peers and ports that are absent, null or empty are everybody and everything', t => {
  for (const rule of ['', 'from: null, ports: null', 'from: [], ports: []'])
    t.strictSame(rules(`ingress: [{${rule}}]`), [{ action: 'Accept', peers: 'all', ports: 'all' }]);
  t.strictSame(rules('ingress: null'), []);
  t.end();
});

t.test('a peer is pods of its own namespace, of other namespaces, or a network', t => {
  const app = { matchLabels: { app: 'a' }, matchExpressions: [] };
  const team = {
    matchLabels: {},
    matchExpressions: [{ key: 'x/team', operator: 'NotIn', values: ['a', ''] }],
  };
  t.strictSame(
    peers(
      '{podSelector: {matchLabels: {app: a}}}',
      '{namespaceSelector: {matchExpressions: [{key: x/team, operator: NotIn, values: [a, ""]}]}}',
      '{namespaceSelector: {}, podSelector: {matchLabels: {app: a}}}',
      '{namespaceSelector: {}, podSelector: null}',
      '{ipBlock: {cidr: 10.1.2.3/8, except: [10.9.9.9/16, 10.1.1.1/32]}}',
      '{ipBlock: {cidr: "2001:DB8::1/32", except: null}, podSelector: null}',
      '{ipBlock: {cidr: "::/0", except: ["fd00::/8"]}}',
    ),
    [
      { kind: 'pods', namespaces: { name: 'shop' }, pods: app },
      { kind: 'pods', namespaces: team, pods: everything },
      { kind: 'pods', namespaces: everything, pods: app },
      { kind: 'pods', namespaces: everything, pods: everything },
      { kind: 'network', cidr: '10.0.0.0/8', except: ['10.9.0.0/16', '10.1.1.1/32'] },
      { kind: 'network', cidr: '2001:db8::/32', except: [] },
      { kind: 'network', cidr: '::/0', except: ['fd00::/8'] },
    ],
  );
  t.end();
});

t.test('requirements of existence have no values', t => {
  const [peer] = peers(
    '{podSelector: {matchExpressions: [{key: a, operator: Exists}, {key: b, operator: DoesNotExist, values: []}]}}',
  ) as unknown[];
  t.match(peer, {
    pods: {
      matchExpressions: [
        { key: 'a', operator: 'Exists', values: [] },
        { key: 'b', operator: 'DoesNotExist', values: [] },
      ],
    },
  });
  t.end();
});

t.test('ports are numbers, ranges and names, of TCP unless they say otherwise', t => {
  t.strictSame(
    ports(
      '{}',
      '{port: null, protocol: null, endPort: null}',
      '{protocol: UDP}',
      '{port: 65535}',
      '{port: 80, endPort: 80}',
      '{port: 80, endPort: 90, protocol: SCTP}',
      '{port: http}',
      '{port: a-1, protocol: UDP}',
    ),
    [
      { kind: 'range', protocol: 'TCP', first: 0, last: 65_535 },
      { kind: 'range', protocol: 'TCP', first: 0, last: 65_535 },
      { kind: 'range', protocol: 'UDP', first: 0, last: 65_535 },
      { kind: 'range', protocol: 'TCP', first: 65_535, last: 65_535 },
      { kind: 'range', protocol: 'TCP', first: 80, last: 80 },
      { kind: 'range', protocol: 'SCTP', first: 80, last: 90 },
      { kind: 'named', name: 'http', protocol: 'TCP' },
      { kind: 'named', name: 'a-1', protocol: 'UDP' },
    ],
  );
  t.end();
});
