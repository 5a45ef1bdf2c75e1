import t from 'tap';
import { readPolicyObject } from '../../../loader/sources/applied/read-policy.ts';
import { clusterNetworkPolicy, clusterNetworkPolicyOf, policyOf } from './policy-object.ts';

const everything = { matchLabels: {}, matchExpressions: [] };
const unknown = { kind: 'unknown' };
const peersOf = (...texts: string[]) =>
  policyOf(clusterNetworkPolicy(`ingress: [{action: Deny, from: [${texts.join(', ')}]}]`)).ingress[0]?.peers;
const portsOf = (...texts: string[]) =>
  policyOf(
    clusterNetworkPolicy(
      `ingress: [{action: Deny, from: [{pods: {podSelector: {}}}], protocols: [${texts.join(', ')}]}]`,
    ),
  ).ingress[0]?.ports;

t.test('a policy is read whole, its rules in their order', t => {
  const policy = policyOf(
    clusterNetworkPolicyOf(`
      tier: Baseline, priority: 0,
      subject: {pods: {namespaceSelector: {matchLabels: {team: a}}, podSelector: {}}},
      ingress: [
        {name: first, action: Pass, from: [{namespaces: {}}]},
        {name: "", action: Deny, from: [{networks: [0.0.0.0/0]}], protocols: [{udp: {destinationPort: {number: 53}}}]}],
      egress: [{action: Accept, to: [{nodes: {}}]}]`),
  );
  t.strictSame(policy, {
    kind: 'ClusterNetworkPolicy',
    name: 'p',
    tier: 'Baseline',
    priority: 0,
    subject: { namespaces: { matchLabels: { team: 'a' }, matchExpressions: [] }, pods: everything },
    isolates: [],
    egress: [{ action: 'Accept', peers: [{ kind: 'nodes', nodes: everything }], ports: 'all' }],
    ingress: [
      {
        name: 'first',
        action: 'Pass',
        peers: [{ kind: 'pods', namespaces: everything, pods: everything }],
        ports: 'all',
      },
      {
        action: 'Deny',
        peers: [{ kind: 'network', cidr: '0.0.0.0/0', except: [] }],
        ports: [{ kind: 'range', protocol: 'UDP', first: 53, last: 53 }],
      },
    ],
  });
  t.match(policyOf(clusterNetworkPolicy('ingress: null, egress: []')), { ingress: [], egress: [] });
  t.end();
});

t.test('peers are namespaces, pods, nodes and networks, each network a peer', t => {
  const app = { matchLabels: { app: 'a' }, matchExpressions: [] };
  t.strictSame(
    peersOf(
      '{namespaces: {matchLabels: {app: a}}}',
      '{pods: {podSelector: {matchLabels: {app: a}}}}',
      '{pods: {namespaceSelector: {matchLabels: {app: a}}, podSelector: {}}, nodes: null}',
      '{nodes: {matchLabels: {app: a}}}',
      '{networks: [10.1.2.3/8, "fd00::1/8"]}',
    ),
    [
      { kind: 'pods', namespaces: app, pods: everything },
      { kind: 'pods', namespaces: everything, pods: app },
      { kind: 'pods', namespaces: app, pods: everything },
      { kind: 'nodes', nodes: app },
      { kind: 'network', cidr: '10.0.0.0/8', except: [] },
      { kind: 'network', cidr: 'fd00::/8', except: [] },
    ],
  );
  t.end();
});

t.test('protocols are ports, ranges, whole protocols and names of any protocol', t => {
  t.strictSame(
    portsOf(
      '{tcp: {destinationPort: {number: 80}}}',
      '{udp: {destinationPort: {range: {start: 1, end: 65535}}}}',
      '{sctp: {}, tcp: null}',
      '{destinationNamedPort: http}',
    ),
    [
      { kind: 'range', protocol: 'TCP', first: 80, last: 80 },
      { kind: 'range', protocol: 'UDP', first: 1, last: 65_535 },
      { kind: 'range', protocol: 'SCTP', first: 0, last: 65_535 },
      { kind: 'named', name: 'http' },
    ],
  );
  t.end();
});

t.test('what a later version may say of a protocol is unknown', t => {
  t.strictSame(
    portsOf(
      '{icmp: {}}',
      '{tcp: {destinationPort: {number: 80}}, dscp: 3}',
      '{tcp: {destinationPort: {number: 80}, sourcePort: {number: 1}}}',
      '{udp: {destinationPort: {set: [1, 2]}}}',
      '{udp: {destinationPort: {number: 1, negate: true}}}',
      '{sctp: {destinationPort: {}}}',
      '{destinationNamedPort: ""}',
      '{}',
    ),
    Array.from({ length: 8 }, () => unknown),
  );
  t.end();
});

const protocol = 'protocols: [{tcp: {destinationPort: {number: 80}}}]';
/** Peers that are not understood. */
const strange = ['{futurePeer: {}}', '{}', '{namespaces: {}, excluding: {}}', '{domainNames: [example.com]}'];
for (const peer of strange)
  t.test(`a rule with the peer ${peer} fails closed as a whole`, t => {
    const rules = ['Accept', 'Deny', 'Pass'].map(
      action => `{action: ${action}, to: [{pods: {podSelector: {}}}, ${peer}], ${protocol}}`,
    );
    const tcp80 = [{ kind: 'range', protocol: 'TCP', first: 80, last: 80 }];
    t.strictSame(policyOf(clusterNetworkPolicy(`egress: [${rules.join(', ')}]`)).egress, [
      { action: 'Accept', peers: [unknown], ports: tcp80 },
      { action: 'Deny', peers: [unknown], ports: 'all' },
      { action: 'Deny', peers: [unknown], ports: 'all' },
    ]);
    t.end();
  });

t.test('a Pass for a protocol that is not understood denies', t => {
  const policy = policyOf(
    clusterNetworkPolicy('ingress: [{action: Pass, from: [{nodes: {}}], protocols: [{icmp: {}}]}]'),
  );
  t.match(policy.ingress, [{ action: 'Deny', peers: [{ kind: 'nodes' }], ports: [unknown] }]);
  t.end();
});

const unhonoured: readonly (readonly [rules: string, sentence: string])[] = [
  [
    'egress: [{action: Accept, to: [{nodes: {}}]}, {name: web, action: Accept, to: [{nodes: {}}, {domainNames: [a.b]}]}]',
    "spec.egress[1].to[1].domainNames is not supported: the rule 'web' admits no peer, write networks instead",
  ],
  [
    'egress: [{action: Deny, to: [{domainNames: [a.b]}]}]',
    'spec.egress[0].to[0].domainNames is not supported: the rule denies every peer, write networks instead',
  ],
  [
    'ingress: [{action: Pass, from: [{namespaces: {}, x: 1}]}]',
    'spec.ingress[0].from[0].x is not supported: the rule denies every peer, write networks instead',
  ],
  [
    'ingress: [{action: Accept, from: [{}]}]',
    'spec.ingress[0].from[0] is not supported: the rule admits no peer, write networks instead',
  ],
  [
    'ingress: [{action: Accept, from: [{nodes: {}}], protocols: [{icmp: {}}]}]',
    'spec.ingress[0].protocols has an entry that is not supported: the rule matches nothing by it, write tcp, udp or sctp',
  ],
  [
    'ingress: [{action: Deny, from: [{nodes: {}}], protocols: [{icmp: {}}]}]',
    'spec.ingress[0].protocols has an entry that is not supported: the rule denies whatever the protocol is, write tcp, udp or sctp',
  ],
];
for (const [rules, sentence] of unhonoured)
  t.test(`{${rules}} is active, and somebody is told`, t => {
    const { problems } = readPolicyObject(clusterNetworkPolicy(rules));
    t.strictSame(problems, [`ClusterNetworkPolicy p: ${sentence}`]);
    t.end();
  });

t.test('a named port may be of the pods themselves, whoever asks for it', t => {
  const rule = '{action: Accept, from: [{networks: [0.0.0.0/0]}], protocols: [{destinationNamedPort: http}]}';
  t.match(policyOf(clusterNetworkPolicy(`ingress: [${rule}]`)).ingress, [{ ports: [{ name: 'http' }] }]);
  t.end();
});
