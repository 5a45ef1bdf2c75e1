// A ClusterNetworkPolicy that cannot be read in part: Deny denies at least what it means, Accept admits what is certain.
import t from 'tap';
import type { Policy } from '../../../loader/model/policies.ts';
import { readStoredPolicy } from '../../../loader/sources/applied/read-policy.ts';
import { clusterNetworkPolicy, clusterNetworkPolicyOf } from './policy-object.ts';

const unknown = { kind: 'unknown' };
const everything = { matchLabels: {}, matchExpressions: [] };
const rule = (text: string) => readStoredPolicy(clusterNetworkPolicy(`ingress: [{${text}}]`)).ingress[0];
const RULES =
  'ingress: [{action: Accept, from: [{nodes: {}}]}, {action: Deny, from: [{nodes: {}}]}, {action: Pass, from: [{nodes: {}}]}]';

const oddPeers = [
  'null',
  '{namespaces: {}, nodes: {}}',
  '{networks: []}',
  '{networks: [10.0.0.0/8, 10.0.0]}',
  '{pods: {namespaceSelector: {}}}',
  '{pods: {podSelector: {}, names: [a]}}',
  '{namespaces: {matchExpressions: [{key: a, operator: Gt}]}}',
];
for (const peer of oddPeers)
  t.test(`the peer ${peer}: Accept admits no peer, Deny and Pass deny every peer`, t => {
    const from = `from: [${peer}, {nodes: {}}], protocols: [{tcp: {}}]`;
    t.match(rule(`action: Accept, ${from}`), { action: 'Accept', peers: [unknown] });
    for (const action of ['Deny', 'Pass'])
      t.match(rule(`action: ${action}, ${from}`), { action: 'Deny', peers: [unknown], ports: 'all' });
    t.end();
  });

t.test('a protocol that cannot be read: Accept matches nothing by it, Deny whatever it is', t => {
  for (const protocol of [
    'null',
    '{tcp: {destinationPort: {number: 0}}}',
    '{tcp: {}, udp: {}}',
    '{udp: {destinationPort: {range: {start: 9, end: 1}}}}',
  ])
    for (const [action, outcome] of [
      ['Accept', 'Accept'],
      ['Deny', 'Deny'],
      ['Pass', 'Deny'],
    ])
      t.match(rule(`action: ${action}, from: [{nodes: {}}], protocols: [${protocol}]`), {
        ...{ action: outcome, peers: [{ kind: 'nodes' }], ports: [unknown] },
      });
  t.match(rule('action: Deny, from: [{nodes: {}}], protocols: []'), { action: 'Deny', ports: [unknown] });
  t.end();
});

t.test('a rule whose action cannot be read may be a Deny, and one that is none denies every peer', t => {
  for (const action of ['', 'action: Reject,', 'action: accept,', 'action: 1,'])
    t.match(rule(`${action} from: [{nodes: {}}]`), { action: 'Deny', peers: [{ kind: 'nodes' }] });
  for (const rules of ['ingress: [null]', 'ingress: [x]', 'ingress: {}'])
    t.match(readStoredPolicy(clusterNetworkPolicy(rules)).ingress, [
      { action: 'Deny', peers: [unknown], ports: 'all' },
    ]);
  t.match(rule('action: Deny'), { action: 'Deny', peers: [unknown] });
  t.match(rule('action: Accept, from: []'), { action: 'Accept', peers: [unknown] });
  t.end();
});

t.test('a field that is not known narrows a rule in a way that nobody knows', t => {
  t.match(rule('action: Accept, from: [{nodes: {}}], when: night'), { action: 'Accept', peers: [unknown] });
  for (const action of ['Deny', 'Pass'])
    t.match(rule(`action: ${action}, from: [{nodes: {}}], when: night`), {
      ...{ action: 'Deny', peers: [{ kind: 'nodes' }], ports: 'all' },
    });
  t.match(readStoredPolicy(clusterNetworkPolicy(`${RULES}, comment: x`)).ingress, [
    { action: 'Accept' },
    { action: 'Deny' },
    { action: 'Pass' },
  ]);
  t.end();
});

/** Denies what it denies, admits and passes nothing. */
const closed = [
  { action: 'Accept', peers: [unknown] },
  { action: 'Deny', peers: [{ kind: 'nodes' }] },
  { action: 'Deny', peers: [{ kind: 'nodes' }] },
];

t.test('a subject that cannot be read is every pod that it may mean, for what is denied', t => {
  const of = (subject: string): Policy => readStoredPolicy(clusterNetworkPolicy(RULES, subject));
  for (const subject of [
    '',
    'x: {}',
    'namespaces: {}, pods: {podSelector: {}}',
    'namespaces: {matchlabels: {}}',
  ])
    t.match(of(subject), { subject: { namespaces: everything, pods: everything }, ingress: closed });
  t.match(of('pods: {namespaceSelector: {matchLabels: {a: b}}, podSelector: {x: y}}'), {
    subject: { namespaces: { matchLabels: { a: 'b' } }, pods: everything },
    ingress: closed,
  });
  t.end();
});

t.test('a tier or a priority that cannot be read: it is evaluated first, and only denies', t => {
  for (const place of ['tier: Admn, priority: 1', 'tier: Admin', 'tier: Admin, priority: x', 'priority: 1'])
    t.match(readStoredPolicy(clusterNetworkPolicyOf(`${place}, subject: {namespaces: {}}, ${RULES}`)), {
      ...{ tier: 'Admin', priority: -1, ingress: closed },
    });
  t.match(
    readStoredPolicy(
      clusterNetworkPolicyOf(`tier: Baseline, priority: x, subject: {namespaces: {}}, ${RULES}`),
    ),
    { tier: 'Baseline', priority: -1, ingress: closed },
  );
  t.end();
});

t.test('limits of this version are none of what a later one has stored', t => {
  const many = Array.from({ length: 30 }, () => '{action: Accept, from: [{nodes: {}}]}').join(', ');
  const policy = readStoredPolicy(
    clusterNetworkPolicyOf(
      `tier: Admin, priority: 5000, subject: {namespaces: {}}, ingress: [${many}]`,
      'name: p, namespace: x',
    ),
  );
  t.match(policy, { priority: 5000, ingress: { length: 30 } });
  t.equal(policy.namespace, undefined);
  t.end();
});

t.test('without a spec there is nothing that it could deny', t => {
  const head = {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: 'p' },
  };
  t.throws(() => readStoredPolicy(head), { code: 'INVALID_REQUEST' });
  t.end();
});
