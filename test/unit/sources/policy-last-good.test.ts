// A policy that breaks opens nothing: what of it can be read is active, else what it said before.
import { join } from 'node:path';
import t from 'tap';
import { policyKey, type Policy } from '../../../loader/model/policies.ts';
import { rawPolicy } from '../../../loader/sources/objects/raw-policies.ts';
import { put, temporaryDirectory, watched, type Watched } from './directory.ts';

const text = (spec: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: deny, namespace: shop }\nspec: {${spec}}\n`;
const key = policyKey({ kind: 'NetworkPolicy', namespace: 'shop', name: 'deny' });
const policyOf = ({ state }: Watched): Policy | undefined => state().policies.get(key);

t.test('a policy that says nothing stays as it was, across restarts, until it is mended', async t => {
  const directory = temporaryDirectory(t);
  const memory = join(temporaryDirectory(t), 'manifests.json');
  put(directory, 'deny.yaml', text(' policyTypes: [Egress] '));
  const first = await watched(t, { directory, nodeName: 'a', memory });
  const good = policyOf(first);
  t.strictSame(good?.isolates, ['egress']);
  put(directory, 'deny.yaml', text(' policyTypes: [Egress ').trimEnd());
  await first.until((_, problems) => problems.length > 0);
  t.match(first.problems(), [/not valid YAML/]);
  t.equal(policyOf(first), good, 'the same object');
  await first.source.stop();
  const second = await watched(t, { directory, nodeName: 'a', memory });
  const restored = policyOf(second);
  t.strictSame(restored, good);
  t.match(restored && rawPolicy(restored), { spec: { policyTypes: ['Egress'] } });
  put(directory, 'deny.yaml', text(' policyTypes: [Ingress] '));
  await second.until((state, problems) => problems.length === 0 && state.policies.size === 1);
  t.strictSame(policyOf(second)?.isolates, ['ingress']);
});

t.test('a policy that can be read in part isolates at once, whatever it was before', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'deny.yaml', text(' policyTypes: [Egres] '));
  const source = await watched(t, { directory, nodeName: 'a' });
  t.strictSame(policyOf(source)?.isolates, ['egress', 'ingress']);
  t.strictSame(source.problems(), [
    `${join(directory, 'deny.yaml')}:4: NetworkPolicy shop/deny: spec.policyTypes[0] 'Egres' must be one of Ingress, Egress: it isolates both ways`,
  ]);
});

t.test('a policy beside a document that means nothing is active, also at the first start', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'all.yaml', `${text('')}---\napiVersion: v1\nkind: Pod\nmetadata: {}\n`);
  const source = await watched(t, { directory, nodeName: 'a' });
  t.strictSame(policyOf(source)?.isolates, ['ingress']);
  t.match(source.problems(), [/metadata\.name is missing$/]);
});

t.test('what a policy asks for in vain is told with its line, and the policy is active', async t => {
  const directory = temporaryDirectory(t);
  const lines = [
    'apiVersion: policy.networking.k8s.io/v1alpha2',
    'kind: ClusterNetworkPolicy',
    'metadata: { name: names }',
    'spec:',
    '  tier: Admin',
    '  priority: 1',
    '  subject: { namespaces: {} }',
    '  egress:',
    '    - action: Accept',
    '      to:',
    '        - domainNames: [example.com]',
  ];
  put(directory, 'names.yaml', lines.join('\n'));
  const { state, problems } = await watched(t, { directory, nodeName: 'a' });
  t.equal(state().policies.size, 1);
  t.strictSame(problems(), [
    `${join(directory, 'names.yaml')}:11: ClusterNetworkPolicy names: spec.egress[0].to[0].domainNames is not supported: the rule admits no peer, write networks instead`,
  ]);
});
