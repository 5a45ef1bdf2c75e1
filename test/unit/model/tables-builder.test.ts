// Tables that follow one input after the other are what they would be if they were computed from the last one alone.
import fc from 'fast-check';
import t from 'tap';
import { MapDraft } from '../../../loader/collections/persistent-map.ts';
import { TablesBuilder, type DesiredTables } from '../../../loader/model/desired-tables.ts';
import { podKey, type PodKey, type PodObject } from '../../../loader/model/objects.ts';
import type { TablesInput } from '../../../loader/model/tables-input.ts';
import { inputOf, localPod, node, NODES, pod } from './cluster.ts';

/** Few addresses, in the pod CIDRs of three nodes and of none, one of them a node's: most are claimed by several. */
const address = fc.constantFrom('10.1.0.5', '10.2.0.5', '10.3.0.5', '10.9.0.5', '192.0.2.2');
const somePod = fc
  .record({
    name: fc.constantFrom('p', 'q', 'r', 's', 't'),
    nodeName: fc.constantFrom('a', 'b', 'c', 'ghost'),
    addresses: fc.array(address, { maxLength: 2 }),
    createdAtMs: fc.nat(2),
    phase: fc.constantFrom('Running' as const, 'Succeeded' as const),
    isTerminating: fc.boolean(),
  })
  .map(({ name, nodeName, addresses, isTerminating, ...more }) =>
    pod(name, nodeName, addresses, { ...more, ...(isTerminating && { isTerminating }) }),
  );
/** Two have one address, as after a DEL that failed. */
const LOCAL = ['10.1.0.5', '10.1.0.6', '10.2.0.5', '192.0.2.2', '10.1.0.5'].map((addr, i) => {
  const { attachment, ...rest } = localPod(`l${i}`, [addr]);
  return { ...rest, attachment: { ...attachment, podId: i + 1, createdAtMs: i % 3 } };
});
const SLOW = LOCAL.map(each => ({ ...each, slowPath: true }));
const NODE_LISTS = [NODES, [...NODES, node('ghost', { internal: ['192.0.2.9'] })]].map(nodes =>
  inputOf({ nodes }),
);

/** One step: pods that come or change, names of those that go, which local pods there are, which nodes. */
const step = fc.record({
  put: fc.array(somePod, { maxLength: 3 }),
  gone: fc.subarray(['p', 'q', 'r', 's', 't']),
  local: fc
    .tuple(fc.shuffledSubarray(LOCAL), fc.boolean())
    .map(([pods, isSlow]) => pods.map(each => (isSlow ? (SLOW[LOCAL.indexOf(each)] ?? each) : each))),
  nodes: fc.constantFrom(...NODE_LISTS),
});

function content({ endpoints, problems, ...rest }: DesiredTables): string {
  const rows = [...endpoints].map(each => JSON.stringify(each)).sort();
  return JSON.stringify([rows, problems, rest]);
}

type Pods = ReadonlyMap<PodKey, PodObject>;

function agrees(
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  isDraft: boolean,
): void {
  const builder = new TablesBuilder();
  const draft = new MapDraft<PodKey, PodObject>();
  for (const { put, gone, local, nodes } of steps) {
    for (const name of gone) draft.delete(podKey({ namespace: 'default', name }));
    for (const each of put) draft.set(podKey(each), each);
    const sealed = draft.seal();
    const pods: Pods = isDraft ? sealed : new Map(sealed);
    const input: TablesInput = { ...nodes, cluster: { ...nodes.cluster, pods }, localPods: local };
    const [kept, fresh] = [builder.build(input), new TablesBuilder().build(input)];
    if (content(kept) !== content(fresh)) throw new Error(`${content(kept)}\ninstead of\n${content(fresh)}`);
  }
}

for (const isDraft of [true, false])
  t.test(`step by step as at once, pods in a ${isDraft ? 'persistent' : 'plain'} map`, t => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), steps => agrees(steps, isDraft)),
      { numRuns: 300 },
    );
    t.pass();
    t.end();
  });

t.test('what has not changed is the same object', t => {
  const builder = new TablesBuilder();
  const input = inputOf({ pods: [pod('x', 'b', ['10.2.0.5']), pod('y', 'b', ['10.2.0.6'])] });
  const before = builder.build(input);
  const { endpoints, routes, nodes, hostRoutes, problems } = builder.build(input);
  t.equal(endpoints, before.endpoints);
  const more = new Map(input.cluster.pods).set(podKey(pod('z', 'b', [])), pod('z', 'b', ['10.2.0.7']));
  const after = builder.build({ ...input, cluster: { ...input.cluster, pods: more } });
  t.equal(after.endpoints.size, before.endpoints.size + 1);
  t.equal(before.endpoints.size, endpoints.size, 'a version that was given away stays as it was');
  for (const tables of [after, builder.build(input)]) {
    t.equal(tables.routes, routes);
    t.equal(tables.nodes, nodes);
    t.equal(tables.hostRoutes, hostRoutes);
    t.equal(tables.problems, problems);
  }
  t.end();
});
