// Which Pod object an ADD waits for: by the uid that its runtime has.
import t from 'tap';
import { emptyCluster, podKey, type ClusterState, type PodObject } from '../../../loader/model/objects.ts';
import { waitForPod } from '../../../loader/pods/pod-objects.ts';

const SIGNAL = new AbortController().signal;
const web = { namespace: 'shop', name: 'web' };

function pod(fields: Partial<PodObject>): PodObject {
  return { ...web, labels: {}, hostNetwork: false, phase: 'Pending', addresses: [], ports: [], ...fields };
}

function cluster(object: PodObject): () => ClusterState {
  const state = { ...emptyCluster, pods: new Map([[podKey(web), object]]) };
  return () => state;
}

for (const [what, object, uid] of [
  ['the same uid', pod({ uid: 'u1' }), 'u1'],
  ['a runtime that passes none', pod({ uid: 'u1' }), undefined],
  ['a source that has none', pod({}), 'u1'],
  ["a static pod, by its kubelet's uid", pod({ uid: 'u1', staticUid: 'h1' }), 'h1'],
  ["a static pod, by its mirror object's", pod({ uid: 'u1', staticUid: 'h1' }), 'u1'],
] as const)
  t.test(`found: ${what}`, async t => {
    const named = { ...web, ...(uid !== undefined && { uid }) };
    t.equal(await waitForPod(named, cluster(object), 0, SIGNAL), object);
  });

for (const [what, object] of [
  ['an earlier pod of the name', pod({ uid: 'u0' })],
  ['an earlier static pod of the name', pod({ uid: 'u0', staticUid: 'h0' })],
] as const)
  t.test(`not found: ${what}`, async t => {
    const waiting = waitForPod({ ...web, uid: 'h1' }, cluster(object), 0, SIGNAL);
    await t.rejects(waiting, { code: 'POD_MISSING', message: /of an earlier pod/ });
  });
