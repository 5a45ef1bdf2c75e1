// What holds for a pod, in the order of evaluation, in words.
import { parseCidr } from 'ip';
import t from 'tap';
import { emptyCluster, podKey, type PodObject } from '../../../loader/model/objects.ts';
import { policyKey, type Policy, type PolicyRule } from '../../../loader/model/policies.ts';
import { explainDirection, subjectsOf } from '../../../loader/policy/explain.ts';
import { peersText, portsText } from '../../../loader/policy/policy-text.ts';

const nothing = { matchLabels: {}, matchExpressions: [] };
const everything: PolicyRule = { action: 'Accept', peers: 'all', ports: 'all' };
const web: PodObject = {
  ...{ namespace: 'shop', name: 'web', labels: { app: 'web' }, nodeName: 'n1', hostNetwork: false },
  ...{ phase: 'Running', addresses: [], ports: [] },
};

function policy(more: Partial<Policy>): Policy {
  return {
    ...{ kind: 'NetworkPolicy', namespace: 'shop', name: 'web', tier: 'NetworkPolicy', priority: 0 },
    subject: { namespaces: { name: 'shop' }, pods: nothing },
    ...{ isolates: [], egress: [], ingress: [] },
    ...more,
  };
}

function clusterPolicy(name: string, tier: Policy['tier'], priority: number): Policy {
  return policy({
    ...{ kind: 'ClusterNetworkPolicy', name, tier, priority, ingress: [everything] },
    subject: { namespaces: nothing, pods: nothing },
  });
}

function cluster(...policies: Policy[]): Parameters<typeof explainDirection>[0] {
  const namespaces = new Map([['shop', { name: 'shop', labels: {} }]]);
  const pods = new Map([[podKey(web), web]]);
  return { ...emptyCluster, namespaces, pods, policies: new Map(policies.map(one => [policyKey(one), one])) };
}

t.test('a pod that nothing selects', t => {
  const other = policy({ namespace: 'other', subject: { namespaces: { name: 'other' }, pods: nothing } });
  const silent = policy({ name: 'egress-only', egress: [everything], isolates: ['egress'] });
  t.strictSame(explainDirection(cluster(other, silent), web, 'ingress'), {
    ...{ rules: [], isolatedBy: [] },
    otherwise: 'nothing selects shop/web for ingress: everything passes',
  });
  t.end();
});

t.test('tiers, priorities and names; Baseline only where nobody isolates', t => {
  const tiers = [
    clusterPolicy('base', 'Baseline', 1),
    clusterPolicy('late', 'Admin', 20),
    clusterPolicy('early', 'Admin', 10),
  ];
  const names = (...policies: Policy[]): string[] =>
    explainDirection(cluster(...policies), web, 'ingress').rules.map(rule => rule.policy.name);
  t.strictSame(names(...tiers, policy({ ingress: [everything] })), ['early', 'late', 'web', 'base']);
  const isolating = policy({ isolates: ['ingress'], ingress: [everything, everything] });
  t.strictSame(names(...tiers, isolating), ['early', 'late', 'web', 'web']);
  t.match(explainDirection(cluster(isolating), web, 'ingress'), {
    isolatedBy: ['NetworkPolicy shop/web'],
    otherwise: /^whatever no rule matches is dropped: NetworkPolicy shop\/web isolates the pod$/,
    rules: [{ index: 0 }, { index: 1 }],
  });
  t.end();
});

t.test('the pods that a policy selects, of those that are asked about', t => {
  const world = cluster();
  t.strictSame(subjectsOf(world, policy({}), [podKey(web), podKey({ namespace: 'shop', name: 'gone' })]), [
    'shop/web',
  ]);
  t.end();
});

t.test('peers and ports in words', t => {
  const labels = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'zone', operator: 'In', values: ['a', 'b'] },
      { key: 'old', operator: 'DoesNotExist', values: [] },
    ],
  } as const;
  const rule: PolicyRule = {
    action: 'Accept',
    peers: [
      { kind: 'pods', namespaces: { name: 'shop' }, pods: labels },
      { kind: 'pods', namespaces: nothing, pods: nothing },
      { kind: 'nodes', nodes: nothing },
      { kind: 'network', cidr: parseCidr('10.0.0.0/8'), except: [parseCidr('10.1.0.0/16')] },
    ],
    ports: [
      { kind: 'range', protocol: 'TCP', first: 80, last: 80 },
      { kind: 'range', protocol: 'UDP', first: 0, last: 65_535 },
      { kind: 'range', protocol: 'SCTP', first: 8000, last: 8080 },
      { kind: 'named', name: 'http' },
    ],
  };
  t.strictSame(peersText(rule), [
    'pods with app=web and zone in (a, b) and no old in namespace shop',
    ...['all pods', 'all nodes', '10.0.0.0/8 except 10.1.0.0/16'],
  ]);
  t.strictSame(portsText(rule), ['tcp 80', 'udp any port', 'sctp 8000-8080', "'http'"]);
  t.strictSame([peersText(everything), portsText(everything)], [['any peer'], ['everything']]);
  t.end();
});
