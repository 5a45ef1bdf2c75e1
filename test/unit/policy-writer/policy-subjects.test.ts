import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import type { Attachment } from '../../../loader/model/attachment.ts';
import { podKey, type PodObject } from '../../../loader/model/objects.ts';
import { PolicySubjects } from '../../../loader/policy-writer/policy-subjects.ts';

const base: Attachment = {
  ...{ containerId: 'c1', ifname: 'eth0', netns: '/run/netns/c1', hostInterface: 'hd1' },
  ...{
    podMac: parseMac('02:00:00:00:00:01'),
    podId: 1,
    mtu: 1450,
    bootId: 'b',
    createdAtMs: 0,
    phase: 'attached',
  },
  addresses: [parseAddr('10.0.0.2')],
};
const ofPod: Attachment = { ...base, pod: { namespace: 'x', name: 'a', uid: 'u1' } };

function object(labels: Record<string, string>, uid = 'u1'): PodObject {
  return {
    ...{ namespace: 'x', name: 'a', uid, labels, nodeName: 'n1', hostNetwork: false, phase: 'Running' },
    ...{ addresses: [], ports: [{ number: 80, protocol: 'TCP' }] },
  };
}

function cluster(...pods: readonly PodObject[]) {
  return { pods: new Map(pods.map(pod => [podKey(pod), pod])) };
}

t.test('a pod has the labels and ports of its object, and the addresses that it was given', t => {
  const subjects = new PolicySubjects();
  subjects.setAttachments([ofPod], cluster(object({ app: 'a' })));
  t.strictSame(subjects.subjects.get(1), {
    namespace: 'x',
    labels: { app: 'a' },
    addresses: base.addresses,
    ports: [{ number: 80, protocol: 'TCP' }],
  });
  t.end();
});

t.test('a container that is no pod is a pod without labels in the namespace default', t => {
  const subjects = new PolicySubjects();
  subjects.add(base, cluster());
  t.strictSame(subjects.subjects.get(1), {
    namespace: 'default',
    labels: {},
    addresses: base.addresses,
    ports: [],
  });
  t.end();
});

t.test('the map is the same as long as nothing in it changes', t => {
  const subjects = new PolicySubjects();
  const pod = object({});
  subjects.setAttachments([ofPod], cluster(pod));
  const before = subjects.subjects;
  subjects.refresh(cluster(pod));
  subjects.setAttachments([{ ...ofPod, phase: 'attached' }], cluster(pod));
  t.equal(subjects.subjects, before);
  subjects.refresh(cluster(object({ other: 'yes' })));
  t.not(subjects.subjects, before);
  subjects.delete(1);
  t.equal(subjects.subjects.size, 0);
  t.end();
});

t.test('a pod whose object has gone, or is that of a successor, keeps the labels it had', t => {
  const subjects = new PolicySubjects();
  subjects.setAttachments([ofPod], cluster(object({ app: 'a' })));
  subjects.refresh(cluster());
  t.strictSame(subjects.subjects.get(1)?.labels, { app: 'a' });
  subjects.refresh(cluster(object({ app: 'successor' }, 'u2')));
  t.strictSame(subjects.subjects.get(1)?.labels, { app: 'a' });
  t.strictSame(subjects.problems, []);
  t.end();
});

t.test(
  'a pod that nobody can tell the labels of is no subject, and a problem, until its object is seen',
  t => {
    const subjects = new PolicySubjects();
    subjects.setAttachments([ofPod], cluster());
    t.equal(subjects.subjects.size, 0);
    t.match(subjects.problems, [/pod x\/a has no Pod object/]);
    subjects.refresh(cluster(object({ app: 'a' })));
    t.strictSame(subjects.subjects.get(1)?.labels, { app: 'a' });
    t.strictSame(subjects.problems, []);
    t.end();
  },
);

t.test('a pod that was registered by hand need not have an object', t => {
  const subjects = new PolicySubjects();
  const { netns, ...registered } = ofPod;
  t.ok(netns);
  subjects.setAttachments([registered], cluster());
  t.strictSame(subjects.subjects.get(1)?.labels, {});
  subjects.refresh(cluster(object({ app: 'a' })));
  t.strictSame(subjects.subjects.get(1)?.labels, { app: 'a' });
  t.end();
});

t.test('the same pod id for another pod is another subject', t => {
  const subjects = new PolicySubjects();
  subjects.setAttachments([ofPod], cluster(object({ app: 'a' })));
  subjects.setAttachments([{ ...base, containerId: 'c2', addresses: [parseAddr('10.0.0.3')] }], cluster());
  t.strictSame(subjects.subjects.get(1)?.addresses, ['10.0.0.3']);
  t.strictSame(subjects.subjects.get(1)?.labels, {});
  t.end();
});

t.test("a static pod is known by its kubelet's uid, which its mirror object has as an annotation", t => {
  const subjects = new PolicySubjects();
  const sandbox: Attachment = { ...base, pod: { namespace: 'x', name: 'a', uid: 'hash-1' } };
  const mirror: PodObject = { ...object({ app: 'a' }, 'mirror-1'), staticUid: 'hash-1' };
  subjects.setAttachments([sandbox], cluster(mirror));
  t.strictSame(subjects.subjects.get(1)?.labels, { app: 'a' });
  const others = new PolicySubjects();
  others.setAttachments([sandbox], cluster({ ...mirror, staticUid: 'hash-2' }));
  t.equal(others.subjects.get(1), undefined, "of another manifest it is a successor's");
  t.end();
});
