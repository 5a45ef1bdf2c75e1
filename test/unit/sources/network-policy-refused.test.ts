import t from 'tap';
import { networkPolicy, refusalOf } from './policy-object.ts';

const KEY = 'write letters, digits, -, _ and ., at most 63, after a DNS name and / or without';
const selector = (text: string) => `podSelector: {${text}}`;
const peer = (text: string) => `ingress: [{from: [{${text}}]}]`;
const port = (text: string) => `egress: [{ports: [{${text}}]}]`;
const wrong: readonly (readonly [spec: string, sentence: string])[] = [
  ['policyTypes: [ingress]', "spec.policyTypes[0] 'ingress' must be one of Ingress, Egress"],
  [
    'policyTypes: [Ingress, Egress, Egress]',
    'spec.policyTypes ["Ingress","Egress","Egress"] must have at most 2 entries',
  ],
  ['policyTypes: Ingress', "spec.policyTypes 'Ingress' must be a list"],
  ['types: []', 'spec.types [] is a field that is not known there: remove it'],
  ['ingress: {}', 'spec.ingress {} must be a list'],
  ['ingress: [null]', 'spec.ingress[0] null must be a map'],
  [
    'ingress: [{form: [{podSelector: {}}]}]',
    'spec.ingress[0].form [{"podSelector":{}}] is a field that is not known there: remove it',
  ],
  ['ingress: [{to: []}]', 'spec.ingress[0].to [] is a field that is not known there: remove it'],
  ['egress: [{from: []}]', 'spec.egress[0].from [] is a field that is not known there: remove it'],
  [peer(''), 'spec.ingress[0].from[0] {} names no peer: write podSelector, namespaceSelector or ipBlock'],
  [
    peer('podSelector: null'),
    'spec.ingress[0].from[0] {"podSelector":null} names no peer: write podSelector, namespaceSelector or ipBlock',
  ],
  [
    peer('ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}'),
    'spec.ingress[0].from[0] {"ipBlock":{"cidr":"10.0.0.0/8"},"podSelector":{}} has ipBlock beside a selector: make two peers of it',
  ],
  [
    peer('serviceSelector: {}'),
    'spec.ingress[0].from[0].serviceSelector {} is a field that is not known there: remove it',
  ],
  [peer('ipBlock: {}'), 'spec.ingress[0].from[0].ipBlock.cidr is missing'],
  [
    peer('ipBlock: {cidr: 10.0.0.0}'),
    "spec.ingress[0].from[0].ipBlock.cidr '10.0.0.0' is not a prefix of the form 10.1.0.0/24 or fd00::/64",
  ],
  [
    peer('ipBlock: {cidr: 10.0.0.0/33}'),
    "spec.ingress[0].from[0].ipBlock.cidr '10.0.0.0/33' has more than 32 prefix bits",
  ],
  [
    peer('ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}'),
    "spec.ingress[0].from[0].ipBlock.except[0] '11.0.0.0/16' is no part of 10.0.0.0/8: write a smaller prefix within it",
  ],
  [
    peer('ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.0.0.0/8]}'),
    "spec.ingress[0].from[0].ipBlock.except[1] '10.0.0.0/8' is no part of 10.0.0.0/8: write a smaller prefix within it",
  ],
  [
    peer('ipBlock: {cidr: "::/0", except: [10.0.0.0/8]}'),
    "spec.ingress[0].from[0].ipBlock.except[0] '10.0.0.0/8' is no part of ::/0: write a smaller prefix within it",
  ],
  [port('protocol: ICMP'), "spec.egress[0].ports[0].protocol 'ICMP' must be one of TCP, UDP, SCTP"],
  [port('port: 0'), 'spec.egress[0].ports[0].port 0 is no port: write 1 to 65535, or the name of a port'],
  [
    port('port: 65536'),
    'spec.egress[0].ports[0].port 65536 is no port: write 1 to 65535, or the name of a port',
  ],
  [port('port: 8.5'), 'spec.egress[0].ports[0].port 8.5 is no port: write 1 to 65535, or the name of a port'],
  [port('port: "80"'), "spec.egress[0].ports[0].port '80' is no port: write the number without quotes"],
  [
    port('port: Http'),
    "spec.egress[0].ports[0].port 'Http' is no port: write 1 to 65535, or the name of a port",
  ],
  [
    port('port: name-of-16-bytes'),
    "spec.egress[0].ports[0].port 'name-of-16-bytes' is no port: write 1 to 65535, or the name of a port",
  ],
  [
    port('port: a--b'),
    "spec.egress[0].ports[0].port 'a--b' is no port: write 1 to 65535, or the name of a port",
  ],
  [port('endPort: 80'), 'spec.egress[0].ports[0].endPort 80 needs a number in port beside it'],
  [port('port: http, endPort: 80'), 'spec.egress[0].ports[0].endPort 80 needs a number in port beside it'],
  [port('port: 80, endPort: 79'), 'spec.egress[0].ports[0].endPort 79 is below port 80: write 80 or more'],
  [port('port: 80, endPort: 65536'), 'spec.egress[0].ports[0].endPort 65536 must be at most 65535'],
  [port('name: http'), "spec.egress[0].ports[0].name 'http' is a field that is not known there: remove it"],
  [
    selector('matchlabels: {a: b}'),
    'spec.podSelector.matchlabels {"a":"b"} is a field that is not known there: remove it',
  ],
  [
    selector('matchLabels: {a b: c}'),
    `spec.podSelector.matchLabels {"a b":"c"} has the key 'a b', which is no label key: ${KEY}`,
  ],
  [
    selector('matchLabels: {A.b/: c}'),
    `spec.podSelector.matchLabels {"A.b/":"c"} has the key 'A.b/', which is no label key: ${KEY}`,
  ],
  [
    selector('matchLabels: {a: b c}'),
    "spec.podSelector.matchLabels.a 'b c' is no label value: write at most 63 letters, digits, -, _ and .",
  ],
  [selector('matchLabels: {a: 1}'), 'spec.podSelector.matchLabels.a 1 must be text: put it in quotes'],
  [
    selector('matchExpressions: [{key: a/b/c, operator: Exists}]'),
    `spec.podSelector.matchExpressions[0].key 'a/b/c' is no label key: ${KEY}`,
  ],
  [
    selector('matchExpressions: [{key: a, operator: Gt, values: ["1"]}]'),
    "spec.podSelector.matchExpressions[0].operator 'Gt' must be one of In, NotIn, Exists, DoesNotExist",
  ],
  [
    selector('matchExpressions: [{key: a, operator: In}]'),
    'spec.podSelector.matchExpressions[0].values is missing',
  ],
  [
    selector('matchExpressions: [{key: a, operator: NotIn, values: []}]'),
    'spec.podSelector.matchExpressions[0].values [] is empty: operator NotIn needs a value',
  ],
  [
    selector('matchExpressions: [{key: a, operator: Exists, values: [x]}]'),
    'spec.podSelector.matchExpressions[0].values ["x"] must be left out: operator Exists takes no values',
  ],
  [
    selector('matchExpressions: [{key: a, operator: In, values: [x y]}]'),
    "spec.podSelector.matchExpressions[0].values[0] 'x y' is no label value: write at most 63 letters, digits, -, _ and .",
  ],
  [selector('matchExpressions: [{operator: Exists}]'), 'spec.podSelector.matchExpressions[0].key is missing'],
];
for (const [spec, sentence] of wrong)
  t.test(`{${spec}} is refused with one sentence`, t => {
    t.equal(refusalOf(networkPolicy(spec)), `NetworkPolicy shop/p: ${sentence}`);
    t.end();
  });

t.test('what is no NetworkPolicy at all is refused, too', t => {
  const head = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
  t.equal(refusalOf({ ...head, metadata: { name: 'p' } }), 'NetworkPolicy default/p: spec is missing');
  t.equal(refusalOf({ ...head, spec: {} }), 'a NetworkPolicy: metadata is missing');
  t.equal(
    refusalOf({ ...head, apiVersion: 'networking.k8s.io/v1beta1' }),
    "NetworkPolicy has apiVersion 'networking.k8s.io/v1beta1': write networking.k8s.io/v1",
  );
  t.equal(
    refusalOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }),
    'write one NetworkPolicy or ClusterNetworkPolicy: there is a Namespace',
  );
  t.equal(
    refusalOf({ apiVersion: 'v1', kind: 'List', items: [networkPolicy(''), networkPolicy('')] }),
    'write one NetworkPolicy or ClusterNetworkPolicy: there is more than that',
  );
  t.equal(
    refusalOf({ apiVersion: 'v1', kind: 'List' }),
    'write one NetworkPolicy or ClusterNetworkPolicy: there is nothing',
  );
  t.end();
});
