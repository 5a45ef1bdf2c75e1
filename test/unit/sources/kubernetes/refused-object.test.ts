import t from 'tap';
import { eventName } from '../../../../loader/sources/kubernetes/policy-event.ts';
import { rawPolicy } from '../../../../loader/sources/objects/raw-policies.ts';
import { policyKey } from '../../../../loader/model/policies.ts';
import { networkPolicy, node, PATHS, pod, scene, shopPod, until } from './scene.ts';

const KEY = policyKey({ kind: 'NetworkPolicy', namespace: 'shop', name: 'closed' });
const BROKEN = { podSelector: {}, ingress: [{ from: [{}] }] };

t.test('a policy that is read in part isolates, is told, and is an Event; then it is mended', async t => {
  const { server, state, problems } = await scene(t, {
    prepare: ({ collections }) => void collections.put(networkPolicy('closed', BROKEN)),
  });
  t.match(problems(), [/^NetworkPolicy shop\/closed: spec\.ingress\[0\]\.from\[0\] .* names no peer: /]);
  t.match(state().policies.get(KEY), { isolates: ['ingress'], ingress: [{ peers: [{ kind: 'unknown' }] }] });
  await until(() => server.events.length > 0, 'there is an Event');
  server.collections.put(networkPolicy('closed', { podSelector: {}, policyTypes: ['Egress'] }));
  await until(() => problems().length === 0, 'it is mended');
  t.strictSame(state().policies.get(KEY)?.isolates, ['egress']);
});

t.test(
  'an object that means nothing stays as it was through a new list as well, and goes when it is removed',
  async t => {
    const { server, state, problems } = await scene(t, {
      prepare: ({ collections }) => void collections.put(pod('p1', '10.1.0.1')),
    });
    const good = state().pods.get(shopPod('p1'));
    server.fault = ({ path }) => (path === PATHS.pods ? { status: 500 } : undefined);
    server.endWatches(PATHS.pods);
    server.collections.put(nameless('p1'));
    server.collections.compact();
    server.fault = () => undefined;
    await until(() => problems().some(problem => problem.includes('metadata.labels')), 'it is told');
    t.equal(state().pods.get(shopPod('p1')), good);
    server.collections.remove(pod('p1', '10.1.0.1'));
    await until(() => !state().pods.has(shopPod('p1')), 'it is gone');
    await until(() => problems().length === 0, 'and its sentence');
  },
);

t.test('another object of the same name is not what the refused one was', async t => {
  const { server, state, problems } = await scene(t);
  server.fault = ({ path }) => (path === PATHS.pods ? { status: 500 } : undefined);
  server.endWatches(PATHS.pods);
  server.collections.put(nameless('p1', 'another'));
  server.collections.put(nameless('p2'));
  server.collections.compact();
  server.fault = () => undefined;
  await until(() => !state().pods.has(shopPod('p1')), 'the pod that is no more is gone');
  t.ok(state().pods.has(shopPod('p2')), 'one of the same uid stays');
  await until(() => problems().length === 2, 'both are told');
});

t.test('every node sends the Event of a refusal once, under one name', async t => {
  const { server } = await scene(t, {
    prepare: ({ collections, kept }) => {
      collections.put(networkPolicy('first', BROKEN));
      const stored = collections.put(networkPolicy('second', BROKEN));
      const head = {
        name: 'second',
        namespace: 'shop',
        uid: stored.metadata.uid ?? '',
        resourceVersion: '1',
      };
      const sentence = sentenceOf('second');
      const place = { kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1' } as const;
      const refusal = { ...place, head, sentence, isPartial: true };
      kept.events.push({ kind: 'Event', metadata: { name: eventName(refusal) } }); // another node was first
    },
  });
  const posts = () => server.writes().filter(({ method }) => method === 'POST');
  await until(() => posts().length === 2, 'both are sent');
  await new Promise<void>(resolve => setTimeout(resolve, 200));
  t.equal(posts().length, 2, 'and not again');
  t.equal(server.events.length, 2, 'of the second there is one already');
  const [first] = posts();
  t.equal(first?.path, '/apis/events.k8s.io/v1/namespaces/shop/events');
  t.match(first?.body, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace: 'shop', name: /^first\.[0-9a-f]{16}$/ },
    eventTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
    ...{ type: 'Warning', reason: 'PolicyReadInPart', action: 'ReadPolicy', note: sentenceOf('first') },
    regarding: {
      kind: 'NetworkPolicy',
      apiVersion: 'networking.k8s.io/v1',
      name: 'first',
      namespace: 'shop',
    },
    ...{ reportingController: 'heddle.dev/heddled', reportingInstance: 'a' },
  });
});

t.test('of a policy its object is kept as it was given, without who wrote which field', async t => {
  const { state } = await scene(t, {
    prepare: ({ collections }) => {
      const metadata = { name: 'closed', namespace: 'shop', managedFields: [{ manager: 'kubectl' }] };
      collections.put({ ...networkPolicy('closed'), metadata });
    },
  });
  const policy = state().policies.get(KEY);
  const given = policy === undefined ? undefined : rawPolicy(policy);
  t.match(given, { kind: 'NetworkPolicy', metadata: { name: 'closed' }, spec: { podSelector: {} } });
  t.notMatch(JSON.stringify(given), /managedFields/);
});

t.test('an odd address of a node is told, also of this one, and counts for nothing', async t => {
  const { server, problems, state } = await scene(t);
  server.collections.put(node('a', 'nonsense'));
  await until(() => problems().length > 0, 'it is told');
  t.match(problems(), [/^Node a: status\.addresses\[0\]\.address 'nonsense' .* is ignored$/]);
  t.strictSame(state().nodes.get('a')?.internalAddresses, []);
});

/** Its labels are none, so that nobody can tell which policies select it. */
function nameless(name: string, uid?: string): ReturnType<typeof pod> {
  const labels = { app: {} } as unknown as Record<string, string>;
  const metadata = { name, namespace: 'shop', labels, ...(uid !== undefined && { uid }) };
  return pod(name, '10.1.0.1', { metadata });
}

function sentenceOf(name: string): string {
  return `NetworkPolicy shop/${name}: spec.ingress[0].from[0] {} names no peer: write podSelector, namespaceSelector or ipBlock: this entry of from admits no peer`;
}
