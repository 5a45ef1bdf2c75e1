import t from 'tap';
import { clusterNetworkPolicy, clusterNetworkPolicyOf, refusalOf } from './policy-object.ts';

const spec = (more: string) =>
  clusterNetworkPolicyOf(`tier: Admin, priority: 1, subject: {namespaces: {}}, ${more}`);
const rule = (text: string) => spec(`egress: [{action: Accept, to: [{nodes: {}}], ${text}}]`);
const peer = (text: string) => spec(`ingress: [{action: Accept, from: [{${text}}]}]`);
const many = (text: string) => Array.from({ length: 26 }, () => text).join(', ');
const wrong: readonly (readonly [value: unknown, sentence: string])[] = [
  [clusterNetworkPolicyOf('priority: 1, subject: {namespaces: {}}'), 'spec.tier is missing'],
  [
    clusterNetworkPolicyOf('tier: NetworkPolicy, priority: 1, subject: {namespaces: {}}'),
    "spec.tier 'NetworkPolicy' must be one of Admin, Baseline",
  ],
  [clusterNetworkPolicyOf('tier: Admin, subject: {namespaces: {}}'), 'spec.priority is missing'],
  [
    clusterNetworkPolicyOf('tier: Admin, priority: 1001, subject: {namespaces: {}}'),
    'spec.priority 1001 must be at most 1000',
  ],
  [
    clusterNetworkPolicyOf('tier: Admin, priority: -1, subject: {namespaces: {}}'),
    'spec.priority -1 must be at least 0',
  ],
  [
    clusterNetworkPolicyOf('tier: Admin, priority: 1.5, subject: {namespaces: {}}'),
    'spec.priority 1.5 must be a whole number',
  ],
  [clusterNetworkPolicyOf('tier: Admin, priority: 1'), 'spec.subject is missing'],
  [clusterNetworkPolicy('', ''), 'spec.subject {} must have one of namespaces and pods'],
  [
    clusterNetworkPolicy('', 'namespaces: {}, pods: {podSelector: {}}'),
    'spec.subject {"namespaces":{},"pods":{"podSelector":{}}} must have one of namespaces and pods',
  ],
  [
    clusterNetworkPolicy('', 'nodes: {}'),
    'spec.subject.nodes {} is a field that is not known there: remove it',
  ],
  [clusterNetworkPolicy('', 'pods: {namespaceSelector: {}}'), 'spec.subject.pods.podSelector is missing'],
  [spec('rules: []'), 'spec.rules [] is a field that is not known there: remove it'],
  [
    spec(`egress: [${many('{action: Deny, to: [{nodes: {}}]}')}]`),
    'spec.egress [{"action":"Deny","to":[{"nodes":{}}]},{"action":"Deny","to":[{"nodes":{}}]},… must have at most 25 entries',
  ],
  [spec('egress: [{to: [{nodes: {}}]}]'), 'spec.egress[0].action is missing'],
  [
    spec('egress: [{action: Allow, to: [{nodes: {}}]}]'),
    "spec.egress[0].action 'Allow' must be one of Accept, Deny, Pass",
  ],
  [spec('egress: [{action: Deny}]'), 'spec.egress[0].to is missing'],
  [spec('egress: [{action: Deny, to: null}]'), 'spec.egress[0].to null must be a list'],
  [spec('ingress: [{action: Deny, from: []}]'), 'spec.ingress[0].from [] must have at least 1 entry'],
  [
    spec('ingress: [{action: Deny, from: [{nodes: {}}], to: [{nodes: {}}]}]'),
    'spec.ingress[0].to [{"nodes":{}}] is a field that is not known there: remove it',
  ],
  [spec('ingress: [{action: Deny}]'), 'spec.ingress[0].from is missing'],
  [
    spec(`ingress: [{action: Deny, from: [${many('{}')}]}]`),
    'spec.ingress[0].from [{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}] must have at most 25 entries',
  ],
  [rule('protocols: []'), 'spec.egress[0].protocols [] must have at least 1 entry'],
  [
    rule(`name: ${'n'.repeat(101)}`),
    `spec.egress[0].name '${'n'.repeat(76)}… must have at most 100 characters`,
  ],
  [rule('ports: []'), 'spec.egress[0].ports [] is a field that is not known there: remove it'],
  [
    rule('protocols: [{tcp: {destinationPort: {number: 0}}}]'),
    'spec.egress[0].protocols[0].tcp.destinationPort.number 0 must be at least 1',
  ],
  [
    rule('protocols: [{tcp: {destinationPort: {range: {start: 9, end: 9}}}}]'),
    'spec.egress[0].protocols[0].tcp.destinationPort.range.end 9 must be above start, which is 9',
  ],
  [
    rule('protocols: [{tcp: {destinationPort: {range: {start: 9}}}}]'),
    'spec.egress[0].protocols[0].tcp.destinationPort.range.end is missing',
  ],
  [
    rule('protocols: [{tcp: {destinationPort: {number: 1, range: {start: 1, end: 2}}}}]'),
    'spec.egress[0].protocols[0].tcp.destinationPort {"number":1,"range":{"start":1,"end":2}} has number and range: write one of them',
  ],
  [
    rule('protocols: [{tcp: {}, udp: {}}]'),
    'spec.egress[0].protocols[0] {"tcp":{},"udp":{}} has tcp and udp: write one of them',
  ],
  [
    rule('protocols: [{tcp: {}}, {destinationNamedPort: http}]'),
    "spec.egress[0].protocols[1].destinationNamedPort 'http' names no port of nodes or networks: write its number, or make two rules of it",
  ],
  [
    peer('namespaces: {}, nodes: {}'),
    'spec.ingress[0].from[0] {"namespaces":{},"nodes":{}} has namespaces and nodes: write one of them',
  ],
  [peer('networks: []'), 'spec.ingress[0].from[0].networks [] must have at least 1 entry'],
  [
    peer('networks: [10.0.0.0/8, 10]'),
    'spec.ingress[0].from[0].networks[1] 10 must be text: put it in quotes',
  ],
  [
    peer('networks: [10.0.0/8]'),
    "spec.ingress[0].from[0].networks[0] '10.0.0/8' is not a prefix of the form 10.1.0.0/24 or fd00::/64",
  ],
  [
    peer('pods: {podSelector: {}, names: [a]}'),
    'spec.ingress[0].from[0].pods.names ["a"] is a field that is not known there: remove it',
  ],
  [
    clusterNetworkPolicyOf('tier: Admin, priority: 1, subject: {namespaces: {}}', 'name: p, namespace: shop'),
    "metadata.namespace 'shop' must be left out: a ClusterNetworkPolicy is in no namespace",
  ],
];
for (const [value, sentence] of wrong)
  t.test(`refused with one sentence: ${sentence}`, t => {
    t.equal(refusalOf(value), `ClusterNetworkPolicy p: ${sentence}`);
    t.end();
  });
