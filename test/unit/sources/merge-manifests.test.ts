import t from 'tap';
import { parseAddr } from 'ip';
import { podKey, type PodObject, type PodAddresses } from '../../../loader/model/objects.ts';
import { policyKey } from '../../../loader/model/policies.ts';
import type { ClusterObject } from '../../../loader/sources/objects/cluster-object.ts';
import { mergeManifests } from '../../../loader/sources/objects/merge-manifests.ts';
import { readObject } from '../../../loader/sources/objects/read-object.ts';

const web = podKey({ namespace: 'default', name: 'web' });

function pod(more: Partial<PodObject> = {}): ClusterObject {
  const object: PodObject = {
    namespace: 'default',
    name: 'web',
    labels: {},
    hostNetwork: false,
    phase: 'Running',
    addresses: [],
    ports: [],
    nodeName: 'a',
    uid: 'u-1',
    ...more,
  };
  return { kind: 'Pod', object };
}

function given(more: Partial<PodAddresses> = {}): ClusterObject {
  const object = {
    ...{ namespace: 'default', name: 'web', nodeName: 'a', uid: 'u-1' },
    ...{ addresses: [parseAddr('10.1.0.5')], ...more },
  };
  return { kind: 'PodAddresses', object };
}

function addressesWith(...objects: ClusterObject[]): readonly string[] | undefined {
  return mergeManifests([['f.yaml', objects]]).state.pods.get(web)?.addresses;
}

t.test("addresses that the pod's node has given are the pod's", t => {
  t.strictSame(addressesWith(pod(), given()), ['10.1.0.5']);
  t.strictSame(addressesWith(given(), pod({ addresses: [parseAddr('10.9.0.9')] })), ['10.1.0.5']);
  t.end();
});

t.test('addresses given to a predecessor of the same name mean nothing', t => {
  t.strictSame(addressesWith(pod({ uid: 'u-2' }), given()), []);
  t.end();
});

t.test('addresses given by a node that the pod is not on mean nothing', t => {
  t.strictSame(addressesWith(pod({ nodeName: 'b' }), given()), []);
  t.strictSame(addressesWith(pod({ nodeName: 'a' }), given({ nodeName: 'b' }), given()), ['10.1.0.5']);
  t.end();
});

t.test('addresses of a pod without an object make no pod', t => {
  t.equal(mergeManifests([['f.yaml', [given()]]]).state.pods.size, 0);
  t.end();
});

t.test('of two files with one name the first in order wins, whichever is read first', t => {
  const files: (readonly [string, readonly ClusterObject[]])[] = [
    ['a.yaml', [pod({ labels: { from: 'a' } })]],
    ['b.yaml', [pod({ labels: { from: 'b' } })]],
  ];
  for (const order of [files, [...files].reverse()]) {
    const { state, problems } = mergeManifests(order);
    t.strictSame(state.pods.get(web)?.labels, { from: 'a' });
    t.strictSame(problems, ['b.yaml: default/web is ignored: a.yaml has it already']);
  }
  t.end();
});

t.test('the same name twice in one file is the last one, and said', t => {
  const { problems } = mergeManifests([['a.yaml', [pod(), pod()]]]);
  t.equal(problems.length, 1);
  t.end();
});

t.test('parts that have not changed are the same objects', t => {
  const objects = [pod(), given(), { kind: 'Namespace', object: { name: 'n', labels: {} } } as const];
  const first = mergeManifests([['f.yaml', objects]]);
  const second = mergeManifests([['f.yaml', objects]], first.state);
  t.equal(second.state.pods, first.state.pods);
  t.equal(second.state.namespaces, first.state.namespaces);
  const third = mergeManifests([['f.yaml', [...objects, pod({ name: 'other' })]]], second.state);
  t.not(third.state.pods, first.state.pods);
  t.equal(third.state.namespaces, first.state.namespaces);
  t.equal(
    third.state.pods.get(web),
    first.state.pods.get(web),
    'a pod that has not changed is the same object',
  );
  t.end();
});

t.test("a pod's labels change also while its addresses stay", t => {
  const addresses = given();
  const first = mergeManifests([['f.yaml', [pod(), addresses]]]);
  const second = mergeManifests([['f.yaml', [pod({ labels: { x: 'y' } }), addresses]]], first.state);
  t.match(second.state.pods.get(web), { labels: { x: 'y' }, addresses: ['10.1.0.5'] });
  t.end();
});

function policy(name: string, spec: object = {}): ClusterObject {
  const head = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
  const read = readObject({ ...head, metadata: { name, namespace: 'shop' }, spec });
  const [object] = 'objects' in read ? read.objects : [];
  if (object === undefined) throw new Error('the policy is refused');
  return object;
}

t.test('a policy that says the same is the same object, however often its file is read', t => {
  const first = mergeManifests([['f.yaml', [policy('a'), policy('b')]]]);
  const second = mergeManifests([['f.yaml', [policy('a'), policy('b')]]], first.state);
  t.equal(second.state.policies, first.state.policies);
  const changed = policy('b', { policyTypes: ['Egress'] });
  const third = mergeManifests([['f.yaml', [policy('a'), changed]]], second.state);
  const [a, b] = ['a', 'b'].map(name => policyKey({ kind: 'NetworkPolicy', namespace: 'shop', name }));
  if (a === undefined || b === undefined) throw new Error('unreachable');
  t.equal(third.state.policies.get(a), first.state.policies.get(a));
  t.strictSame(third.state.policies.get(b)?.isolates, ['egress']);
  t.end();
});

t.test('of two policies of one name the first file has it, and the other is told', t => {
  const { state, problems } = mergeManifests([
    ['b.yaml', [policy('a', { policyTypes: ['Egress'] })]],
    ['a.yaml', [policy('a')]],
  ]);
  t.strictSame([...state.policies.keys()], ['NetworkPolicy shop/a']);
  t.strictSame([...state.policies.values()][0]?.isolates, ['ingress']);
  t.strictSame(problems, ['b.yaml: NetworkPolicy shop/a is ignored: a.yaml has it already']);
  t.end();
});
