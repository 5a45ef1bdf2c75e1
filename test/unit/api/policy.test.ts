// heddle.v1.Policy as a client sees it.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import t from 'tap';
import { API } from '../../../loader/api/client.ts';
import { policyKey } from '../../../loader/model/policies.ts';
import { connect, refusal } from './client.ts';
import { scratchFolder, serve, type Served } from './served.ts';

const { policy } = API;
const [CREATED, CONFIGURED, UNCHANGED] = [1, 2, 3];
const [SOURCE, API_ORIGIN] = [1, 2];
const web = { kind: 'NetworkPolicy', namespace: 'shop', name: 'web' };
const key = policyKey({ kind: 'NetworkPolicy', namespace: 'shop', name: 'web' });

function webPolicy(type = 'Ingress'): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web', namespace: 'shop', annotations: { by: 'hand' } },
    spec: { policyTypes: [type] },
  };
}

const manifest = (type?: string) => JSON.stringify(webPolicy(type));
const cluster = (peer: string) => `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: { name: admin }
spec:
  tier: Admin
  priority: 1
  subject: { namespaces: {} }
  egress:
    - { name: r, action: Accept, to: [{ ${peer} }] }
`;
const isolates = ({ observed }: Served) => observed().state.policies.get(key)?.isolates.join();

t.test('a policy is created, configured, left unchanged and deleted, and the source tells it', async t => {
  const served = await serve(t);
  const client = connect(t, served.socketPath);
  const created = await client.ask(policy.applyPolicy, { manifest: manifest() });
  t.match(created, { outcome: CREATED, ...web, problems: [] });
  t.equal(isolates(served), 'ingress');
  const before = served.observed().state.policies.get(key);
  t.match(await client.ask(policy.applyPolicy, { manifest: manifest() }), { outcome: UNCHANGED });
  const annotated = manifest().replace('hand', 'foot');
  t.match(await client.ask(policy.applyPolicy, { manifest: annotated }), { outcome: CONFIGURED });
  t.equal(served.observed().state.policies.get(key), before, 'what says the same is the same object');
  t.match(await client.ask(policy.getPolicy, web), { manifest: annotated });
  t.match(await client.ask(policy.applyPolicy, { manifest: manifest('Egress') }), { outcome: CONFIGURED });
  t.equal(isolates(served), 'egress');
  await client.ask(policy.deletePolicy, web);
  t.equal(isolates(served), undefined);
  t.equal((await refusal(client.ask(policy.deletePolicy, web))).code, status.NOT_FOUND);
  t.equal((await refusal(client.ask(policy.getPolicy, web))).code, status.NOT_FOUND);
});

t.test('policies are shown as they were given, with where they come from and how they stand', async t => {
  const { source, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  source.set([webPolicy()]);
  const { problems } = await client.ask(policy.applyPolicy, { manifest: cluster('domainNames: [a.b]') });
  const sentence =
    "ClusterNetworkPolicy admin: spec.egress[0].to[0].domainNames is not supported: the rule 'r' admits no peer, write networks instead";
  t.strictSame(problems, [sentence]);
  const { policies } = await client.ask(policy.listPolicies, {});
  t.equal(policies.length, 2);
  t.match(policies[0], {
    kind: 'ClusterNetworkPolicy',
    namespace: '',
    name: 'admin',
    origin: API_ORIGIN,
    status: sentence,
  });
  t.match(policies[1], { ...web, origin: SOURCE, status: 'accepted', manifest: manifest() });
  const found = await client.ask(policy.getPolicy, { kind: 'ClusterNetworkPolicy', name: 'admin' });
  t.match(JSON.parse(found.manifest), { metadata: { name: 'admin' }, spec: { tier: 'Admin' } });
});

t.test('a malformed policy is refused with one sentence, and the last good one stays', async t => {
  const served = await serve(t);
  const client = connect(t, served.socketPath);
  await client.ask(policy.applyPolicy, { manifest: manifest() });
  const broken: readonly (readonly [text: string, sentence: string])[] = [
    [
      manifest('Egres'),
      "manifest:1: NetworkPolicy shop/web: spec.policyTypes[0] 'Egres' must be one of Ingress, Egress",
    ],
    [
      cluster('pods: {}'),
      'manifest:10: ClusterNetworkPolicy admin: spec.egress[0].to[0].pods.podSelector is missing',
    ],
    ['', 'write one NetworkPolicy or ClusterNetworkPolicy: there is nothing'],
    [
      `${manifest()}\n---\n${manifest()}`,
      'write one NetworkPolicy or ClusterNetworkPolicy: there is more than that',
    ],
    [
      '{apiVersion: v1, kind: Namespace, metadata: {name: a}}',
      'write one NetworkPolicy or ClusterNetworkPolicy: there is a Namespace',
    ],
    ['{apiVersion: v1, kind: Secret}', 'manifest:1: kind Secret is none that Heddle reads'],
    [
      `${manifest('Egress')}\n---\n{apiVersion: v1, kind: Secret}`,
      'manifest:3: kind Secret is none that Heddle reads',
    ],
  ];
  for (const [text, sentence] of broken) {
    const error = await refusal(client.ask(policy.applyPolicy, { manifest: text }));
    t.equal(error.code, status.INVALID_ARGUMENT);
    t.equal(error.details, sentence);
  }
  t.match(await refusal(client.ask(policy.applyPolicy, { manifest: 'kind: [' })), {
    code: status.INVALID_ARGUMENT,
    details: /^manifest:1: not valid YAML/,
  });
  t.equal(isolates(served), 'ingress');
});

t.test('a policy of the source is changed in the source alone', async t => {
  const served = await serve(t);
  served.source.set([webPolicy()]);
  const client = connect(t, served.socketPath);
  const sentence = 'NetworkPolicy shop/web comes from the source: change it there';
  for (const call of [
    client.ask(policy.applyPolicy, { manifest: manifest('Egress') }),
    client.ask(policy.deletePolicy, web),
  ])
    t.match(await refusal(call), { code: status.FAILED_PRECONDITION, details: sentence });
  t.equal(isolates(served), 'ingress');
});

t.test('a policy that the source comes to have wins, with a problem, until one of them is gone', async t => {
  const served = await serve(t);
  const client = connect(t, served.socketPath);
  await client.ask(policy.applyPolicy, { manifest: manifest('Egress') });
  served.source.set([webPolicy()], ['something else']);
  t.equal(isolates(served), 'ingress');
  const sentence =
    'NetworkPolicy shop/web that was given through the API is ignored: the source has it already, delete one of them';
  t.strictSame(served.observed().problems, ['something else', sentence]);
  t.match(await client.ask(policy.getPolicy, web), { origin: SOURCE, status: sentence });
  served.source.set();
  t.equal(isolates(served), 'egress', 'it is active again');
  served.source.set([webPolicy()]);
  await client.ask(policy.deletePolicy, web);
  t.strictSame(served.observed().problems, []);
  t.equal(isolates(served), 'ingress');
});

t.test('a request that names no policy is refused', async t => {
  const { socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const wrong: readonly (readonly [request: object, details: string])[] = [
    [{ kind: 'Pod', name: 'a' }, "kind: 'Pod' is not one of NetworkPolicy, ClusterNetworkPolicy"],
    [{ kind: 'NetworkPolicy' }, 'name: is empty'],
    [
      { kind: 'ClusterNetworkPolicy', namespace: 'shop', name: 'a' },
      "namespace: 'shop' is set, and a ClusterNetworkPolicy has no namespace: leave it empty",
    ],
  ];
  for (const [request, details] of wrong)
    for (const method of [policy.getPolicy, policy.deletePolicy])
      t.match(await refusal(client.ask<object, unknown>(method, request)), {
        code: status.INVALID_ARGUMENT,
        details,
      });
  const other = await refusal(client.ask(policy.getPolicy, { kind: 'NetworkPolicy', name: 'a' }));
  t.match(other, { code: status.NOT_FOUND, details: 'there is no NetworkPolicy default/a' });
});

t.test('what was applied is active after a restart, in files that root alone can read', async t => {
  const folder = join(scratchFolder(t), 'state', 'policies');
  const first = await serve(t, folder);
  const client = connect(t, first.socketPath);
  await client.ask(policy.applyPolicy, { manifest: manifest('Egress') });
  await client.ask(policy.applyPolicy, { manifest: cluster('nodes: {}') });
  const files = readdirSync(folder);
  t.equal(files.length, 2);
  for (const file of files) t.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
  t.equal(statSync(folder).mode & 0o777, 0o700);
  writeFileSync(join(folder, '.half.json'), '{"kind":');
  const second = await serve(t, folder);
  t.equal(isolates(second), 'egress');
  t.strictSame(readdirSync(folder), files, 'what an interrupted write has left is gone');
  await connect(t, second.socketPath).ask(policy.deletePolicy, web);
  const third = await serve(t, folder);
  t.strictSame([...third.observed().state.policies.keys()], ['ClusterNetworkPolicy admin']);
});

t.test('a file that cannot be read is a problem, and stays', async t => {
  const folder = join(scratchFolder(t), 'policies');
  mkdirSync(folder);
  const path = join(folder, 'a.json');
  writeFileSync(path, '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy"}');
  const { observed } = await serve(t, folder);
  t.strictSame(observed().problems, [
    `${path} is not active, apply that policy again or remove the file: a NetworkPolicy: metadata is missing`,
  ]);
  t.ok(readFileSync(path));
});

t.test('a policy that cannot be kept is refused, and nothing has changed', async t => {
  const folder = join(scratchFolder(t), 'policies');
  const served = await serve(t, folder);
  const client = connect(t, served.socketPath);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  chmodSync(folder, 0o600);
  const error = await refusal(client.ask(policy.applyPolicy, { manifest: manifest() }));
  t.equal(error.code, status.INTERNAL);
  t.match(error.details, /^the policies in .* cannot be kept: make it writable, or set stateDir: EEXIST/);
  t.equal(served.observed().state.policies.size, 0);
});
