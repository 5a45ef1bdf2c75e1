// The kind: absence in a source that has itself lost data is taken for deletion. Here at a start, against what the maps have.
import { parseAddr } from 'ip';
import t, { type Test } from 'tap';
import { FirstState } from '../../../loader/agent/first-state.ts';
import { nothingKnown, type KnownCluster } from '../../../loader/model/known-cluster.ts';
import type { ClusterState } from '../../../loader/model/objects.ts';
import type { SourceListener } from '../../../loader/sources/source.ts';
import { until } from '../../support/until.ts';
import { inputOf, node, pod } from '../model/cluster.ts';

const addr = (host: number) => parseAddr(`192.0.2.${host}`);
const KNOWN: KnownCluster = {
  nodes: [[addr(2)], [addr(3)], [addr(4)]],
  pods: [parseAddr('10.0.2.2')],
  policies: ['NetworkPolicy shop/a', 'NetworkPolicy shop/b', 'NetworkPolicy shop/c'],
};

interface Parts {
  readonly hosts?: readonly number[];
  readonly policies?: readonly string[];
  readonly pods?: readonly string[];
}

/** Of nodes n1, n2 ..., by their addresses' last byte. */
function stateOf({
  hosts = [1, 2, 3, 4],
  policies = KNOWN.policies,
  pods = ['10.0.2.2'],
}: Parts = {}): ClusterState {
  const nodes = hosts.map(host => node(`n${host}`, { internal: [`192.0.2.${host}`] }));
  const all = pods.map((ip, i) => pod(`p${i}`, 'n2', [ip]));
  return {
    ...inputOf({ nodes, pods: all }).cluster,
    policies: new Map(policies.map(key => [key, {}])) as unknown as ClusterState['policies'],
  };
}

function begun(t: Test, { known = KNOWN, isForgotten = false, holdMs = 60_000 } = {}) {
  const [states, held]: [ClusterState[], (readonly string[])[]] = [[], []];
  let [begins, isStarted] = [0, false];
  const first = new FirstState({
    ...{ nodeName: 'n1', known: () => known, holdMs },
    onBegin: () => begins++,
    onHeld: problems => held.push(problems),
  });
  if (isForgotten) first.noteForgotten();
  let emit: SourceListener = () => undefined;
  const source = { start: (listener: SourceListener) => Promise.resolve(void (emit = listener)) };
  const started = first.start(source, state => states.push(state)).then(() => (isStarted = true));
  started.catch(() => undefined);
  t.teardown(() => first.stop());
  return {
    ...{ first, started, states, held },
    say: (parts: Parts, ...problems: string[]) => emit(stateOf(parts), problems),
    begins: () => begins,
    isStarted: () => isStarted,
  };
}

for (const [title, parts, options] of [
  ['everything is there', {}, {}],
  ['this node is forgotten, and all others are there', {}, { isForgotten: true }],
  ['one node was deleted meanwhile', { hosts: [1, 2, 3] }, {}],
  ['one policy was deleted meanwhile', { policies: KNOWN.policies.slice(1) }, {}],
  ['pods are gone', { pods: [] }, {}],
  ['there are no pins', { hosts: [], policies: [], pods: [] }, { known: nothingKnown }],
] as const)
  t.test(`a first state counts at once where ${title}`, async t => {
    const one = begun(t, options);
    one.say(parts);
    await one.started;
    t.equal(one.states.length, 1);
    t.strictSame([one.held, one.begins()], [[], 0]);
  });

for (const [title, parts, options, what] of [
  ['most nodes are absent', { hosts: [1, 2] }, {}, '2 of 3 nodes'],
  ['most policies are absent', { policies: KNOWN.policies.slice(2) }, {}, '2 of 3 policies'],
  ['this node is absent, and another', { hosts: [2, 3] }, {}, '1 of 3 nodes'],
  [
    'this node is forgotten, and a pod is absent',
    { pods: [] },
    { isForgotten: true },
    '1 of 1 addresses of their pods',
  ],
] as const)
  t.test(`a first state does not count where ${title}, until it is there again`, async t => {
    const one = begun(t, options);
    one.say(parts, 'something else');
    one.say(parts, 'something else');
    t.strictSame([one.states.length, one.begins()], [0, 1]);
    t.match(one.held.at(-1), [
      new RegExp(`most likely lost data, it lacks ${what} that the maps`),
      'something else',
    ]);
    t.strictSame(one.held[0], one.held[1], 'one sentence');
    one.say({ hosts: [1, 2, 3] }); // less is missing than what begins a hold
    t.notOk(one.isStarted(), 'once it is held, until all of it is there');
    one.say({ hosts: [1, 2, 3, 4, 5] });
    await one.started;
    one.say({ hosts: [1] });
    t.strictSame(
      one.states.map(({ nodes }) => nodes.size),
      [5, 1],
      'from then on every state counts',
    );
  });

t.test('what does not come back in time was deleted', async t => {
  const one = begun(t, { holdMs: 50 });
  one.say({ hosts: [1] });
  t.ok(await until(() => one.isStarted()));
  t.strictSame(
    one.states.map(({ nodes }) => nodes.size),
    [1],
  );
});

t.test('a start that waits is ended by a stop', async t => {
  const one = begun(t);
  one.say({ hosts: [1] });
  one.first.stop();
  await t.rejects(one.started, { code: 'NOT_READY' });
});
