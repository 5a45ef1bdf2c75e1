// Events of refused policies: valid whatever the policy is called, and none is in the way of the others.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { eventRequest } from '../../../../loader/sources/kubernetes/policy-event.ts';
import { KeptEvents } from '../../../support/api-server/events.ts';
import type { SeenRequest } from '../../../support/api-server/answers.ts';
import type { StoredObject } from '../../../support/api-server/collections.ts';
import { networkPolicy, scene, until, type SceneOptions } from './scene.ts';

const BROKEN = { podSelector: {}, ingress: [{ from: [{}] }] };

function refusedAs(name: string, sentence: string) {
  const place = { kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1' } as const;
  const head = { name, namespace: 'shop', uid: 'u', resourceVersion: '1' };
  return { ...place, head, sentence, isPartial: true };
}

function withPolicies(...names: readonly string[]): NonNullable<SceneOptions['prepare']> {
  return ({ collections }) => {
    for (const name of names) collections.put(networkPolicy(name, BROKEN));
  };
}

function isEventOf({ method, body }: SeenRequest, policy: string): boolean {
  return method === 'POST' && (body as { regarding: { name: string } }).regarding.name === policy;
}

const names = ['a'.repeat(253), `${'a'.repeat(199)}-b`, `${'a'.repeat(199)}.b`, `${'a'.repeat(198)}--b`, 'a'];
const sentences = [
  'short',
  'x'.repeat(5_000),
  'ü'.repeat(1_000),
  `x${'ü'.repeat(1_000)}`,
  '🙂'.repeat(300),
  'é'.repeat(512),
];
t.test('the API server takes the Event of any policy name and any sentence', t => {
  for (const name of names)
    for (const sentence of sentences)
      for (const node of ['n', 'n'.repeat(253)]) {
        const { body, names: { namespace } = {} } = eventRequest(refusedAs(name, sentence), node, new Date());
        const event = body?.value as StoredObject & { readonly note: string };
        const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
        t.equal(new KeptEvents().keep(path, event), undefined, `${name.length} ${sentence.slice(0, 3)}`);
        t.notMatch(event.note, /\uFFFD/, 'no character is cut in two');
        t.ok(event.note === sentence || event.note.endsWith('…'));
        t.ok(sentence.startsWith(event.note.replace(/…$/, '')));
        t.ok(
          Buffer.byteLength(event.note) > 1_024 - 7 || event.note === sentence,
          'as much as there is room for',
        );
      }
  t.end();
});

const forGood: readonly (readonly [what: string, status: number, causes?: string])[] = [
  ['is invalid', 422],
  ['is too large', 413],
  ['is malformed', 400],
  ['is in a namespace that is gone', 404],
  ['is in a namespace that is being deleted', 403, 'NamespaceTerminating'],
];
for (const [what, status, cause] of forGood)
  t.test(
    `an Event that ${what} (${status}) is given up without a word, and the next one is sent`,
    async t => {
      const { server, problems } = await scene(t, {
        timing: { patienceMs: 0 },
        prepare: server => {
          withPolicies('first', 'second')(server);
          const causes = cause === undefined ? {} : { causes: [{ reason: cause }] };
          server.fault = seen =>
            isEventOf(seen, 'first') ? { status, message: 'never', ...causes } : undefined;
        },
      });
      await until(() => server.events.length === 1, 'the other is sent');
      t.match(server.events[0]?.metadata.name, /^second\./);
      await sleep(200);
      t.equal(server.requests.filter(seen => isEventOf(seen, 'first')).length, 1, 'it is not tried again');
      t.match(problems().length, 2, 'nothing but what is wrong with the policies');
    },
  );

t.test('a namespace that is being deleted, as the server refuses it', async t => {
  const { server, problems } = await scene(t, {
    timing: { patienceMs: 0 },
    prepare: server => {
      withPolicies('first')(server);
      server.kept.terminating.add('shop');
    },
  });
  await until(() => server.requests.some(seen => isEventOf(seen, 'first')), 'it is tried');
  await sleep(100);
  t.equal(problems().length, 1);
});

for (const status of [403, 401, 429, 500])
  t.test(`an Event that is refused for now (${status}) is sent later`, async t => {
    let isRefused = true;
    const { server, problems } = await scene(t, {
      timing: { patienceMs: 0 },
      prepare: server => {
        withPolicies('first')(server);
        server.fault = seen =>
          isEventOf(seen, 'first') && isRefused ? { status, message: 'not now' } : undefined;
      },
    });
    await until(() => problems().some(each => each.includes(`${status} to 'create events`)), 'it is told');
    isRefused = false;
    await until(() => server.events.length === 1, 'it is sent');
    await until(() => problems().length === 1, 'and that is over');
    t.match(server.events[0]?.metadata.name, /^first\./);
  });

t.test("a quota of one tenant forbids its Event, and nobody else's; the role is not blamed", async t => {
  let isForbidden = true;
  const { server, problems } = await scene(t, {
    timing: { patienceMs: 50 },
    prepare: server => {
      withPolicies('first', 'second', 'third')(server);
      server.fault = seen =>
        isEventOf(seen, 'first') && isForbidden ? { status: 403, message: 'exceeded quota' } : undefined;
    },
  });
  await until(() => server.events.length === 2, 'the others are sent');
  const tries = () => server.requests.filter(seen => isEventOf(seen, 'first')).length;
  await until(() => tries() > 3, 'it is tried again');
  t.notMatch(problems().join('\n'), /create events/);
  isForbidden = false;
  await until(() => server.events.length === 3, 'and sent in the end');
});

t.test('what is still refused when the server has forgotten its Event is reported again', async t => {
  const { server } = await scene(t, { timing: { eventTtlMs: 200 }, prepare: withPolicies('first') });
  await until(() => server.events.length === 1, 'it is sent');
  server.kept.expire();
  await until(() => server.events.length === 1, 'it is sent again');
  t.ok(server.requests.filter(seen => isEventOf(seen, 'first')).length >= 2);
});
