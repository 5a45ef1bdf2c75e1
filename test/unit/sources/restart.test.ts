// What an object said before it broke outlives a restart, whichever source has it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { emptyCluster, podKey, type ClusterState } from '../../../loader/model/objects.ts';
import { policyKey } from '../../../loader/model/policies.ts';
import { EtcdObjects } from '../../../loader/sources/etcd/etcd-objects.ts';
import { ClusterStores } from '../../../loader/sources/kubernetes/cluster-stores.ts';
import { rawPolicy } from '../../../loader/sources/objects/raw-policies.ts';
import { put, temporaryDirectory, watched } from './directory.ts';

const web = podKey({ namespace: 'shop', name: 'web' });
const deny = policyKey({ kind: 'NetworkPolicy', namespace: 'shop', name: 'deny' });
const KEY = '/heddle/objects/Pod/shop/web';

function pod(uid: string, labels: unknown): object {
  const metadata = { name: 'web', namespace: 'shop', uid, labels };
  return { apiVersion: 'v1', kind: 'Pod', metadata, status: { podIPs: [{ ip: '10.1.0.5' }] } };
}

/** A pod is not known without its labels. */
const broken = (uid: string): object => pod(uid, { app: ['a'] });

function policy(spec: unknown): object {
  const metadata = { name: 'deny', namespace: 'shop', uid: 'p' };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
}

function etcd(memory: string, ...texts: readonly string[]): ClusterState {
  const objects = new EtcdObjects(memory);
  for (const text of texts) objects.put(KEY, text);
  return objects.cluster(emptyCluster, () => true).state;
}

function kubernetes(memory: string, ...versions: readonly object[]): ClusterState {
  const stores = new ClusterStores(memory);
  for (const version of versions) {
    const listing = stores.of('Pod').listing();
    listing.add(version);
    listing.commit();
  }
  return stores.state(emptyCluster);
}

t.test('a key of etcd', t => {
  const memory = join(temporaryDirectory(t), 'etcd.json');
  etcd(memory, JSON.stringify(pod('1', {})), '{');
  t.ok(etcd(memory, '{').pods.has(web), 'it is as it was');
  t.ok(etcd(memory, '{').pods.has(web), 'and after another restart');
  etcd(memory, JSON.stringify(pod('1', {})));
  t.notOk(existsSync(memory), 'one that is whole again is remembered no longer');
  t.end();
});

t.test('an object of the API server', t => {
  const memory = join(temporaryDirectory(t), 'kubernetes.json');
  t.ok(kubernetes(memory, pod('1', {}), broken('1')).pods.has(web));
  const kept = readFileSync(memory, 'utf8');
  t.ok(kubernetes(memory, broken('1')).pods.has(web), 'it is as it was');
  t.equal(readFileSync(memory, 'utf8'), kept);
  t.notOk(kubernetes(memory, broken('2')).pods.has(web), 'another of its name is not what it was');
  t.notOk(existsSync(memory), 'and the first is remembered no longer');
  t.end();
});

t.test('a policy of the API server, with the object that it was read from', t => {
  const memory = join(temporaryDirectory(t), 'kubernetes.json');
  const nameless = {
    ...policy({}),
    metadata: { name: 'deny', namespace: 'shop', uid: 'p' },
    spec: { ingress: 7 },
  };
  const states = [[policy({ policyTypes: ['Egress'] }), nameless], [nameless]].map(versions => {
    const stores = new ClusterStores(memory);
    for (const version of versions) stores.of('NetworkPolicy').put(version);
    return stores.state(emptyCluster).policies.get(deny);
  });
  t.strictSame(states[1], states[0]);
  t.strictSame(states[1] && rawPolicy(states[1]), states[0] && rawPolicy(states[0]));
  t.end();
});

t.test('what a daemon of 0.1 has kept is understood, and written in the same form', async t => {
  const [directory, memory] = [temporaryDirectory(t), join(temporaryDirectory(t), 'manifests.json')];
  const [object] = [...etcdPolicies()];
  const addresses = { key: web, nodeName: 'a', uid: '1', addresses: ['10.1.0.9'] };
  const files = {
    'a.yaml': [{ kind: 'NetworkPolicy', object, given: policy({ policyTypes: ['Egress'] }) }],
    'b.yaml': [{ kind: 'PodAddresses', object: addresses }],
  };
  writeFileSync(memory, JSON.stringify({ form: 3, files }));
  for (const file of ['a.yaml', 'b.yaml']) put(directory, file, 'kind: [');
  put(directory, 'c.yaml', JSON.stringify(pod('1', {})));
  const { state, problems } = await watched(t, { directory, nodeName: 'a', memory });
  t.equal(problems().length, 2);
  t.strictSame(state().pods.get(web)?.addresses, ['10.1.0.9']);
  const kept = state().policies.get(deny);
  t.match(kept && rawPolicy(kept), { spec: { policyTypes: ['Egress'] } });
  put(directory, 'd.yaml', 'kind: [');
  t.strictSame((JSON.parse(readFileSync(memory, 'utf8')) as { files: unknown }).files, files);
});

function etcdPolicies(): Iterable<unknown> {
  const objects = new EtcdObjects();
  objects.put('/heddle/objects/NetworkPolicy/shop/deny', JSON.stringify(policy({ policyTypes: ['Egress'] })));
  return objects.cluster(emptyCluster, () => true).state.policies.values();
}
