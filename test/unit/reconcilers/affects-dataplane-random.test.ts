// What is said to be of policy alone leaves the tables as they are.
import fc from 'fast-check';
import t from 'tap';
import { desiredTables } from '../../../loader/model/desired-tables.ts';
import { podKey, type ClusterState, type NodeObject } from '../../../loader/model/objects.ts';
import { affectsDataplane } from '../../../loader/reconcilers/affects-dataplane.ts';
import { inputOf, node, pod } from '../model/cluster.ts';

const SELF = 'a';

/** Few of each, so that most are claimed by several, equal, nested, or an address inside a prefix. */
const address = fc.constantFrom('10.1.0.9', '10.2.0.0', '10.2.0.1', '10.2.0.9', '192.0.2.2', '192.0.2.3');
const someNode = fc
  .record({
    name: fc.constantFrom(SELF, 'b', 'c', 'd'),
    cidrs: fc.subarray(['10.1.0.0/24', '10.2.0.0/24', '10.2.0.0/16', '10.2.0.64/26'], { maxLength: 2 }),
    internal: fc.uniqueArray(address, { maxLength: 2 }),
    external: fc.uniqueArray(address, { maxLength: 1 }),
    tunnel: fc.uniqueArray(address, { maxLength: 1 }),
    createdAtMs: fc.nat(2),
  })
  .map(({ name, createdAtMs, ...texts }) => ({ ...node(name, texts), createdAtMs }));
const isReady = fc.constantFrom(true, false, undefined);
const somePod = fc.record({
  name: fc.constantFrom('p', 'q', 'r'),
  uid: fc.constantFrom('1', '2'),
  nodeName: fc.constantFrom(SELF, 'b', 'c', 'ghost'),
  addresses: fc.array(address, { maxLength: 2 }),
  phase: fc.constantFrom('Pending' as const, 'Running' as const, 'Failed' as const),
  hostNetwork: fc.boolean(),
  isTerminating: fc.constantFrom(true as const, undefined),
});
const change = fc.record({
  readiness: fc.dictionary(fc.constantFrom(SELF, 'b', 'c', 'd'), isReady, { maxKeys: 2 }),
  label: fc.boolean(),
  pods: fc.array(somePod, { maxLength: 1 }),
});

type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

function podsOf(pods: Change['pods']): ClusterState['pods'] {
  const objects = pods.map(({ name, nodeName, addresses, isTerminating, ...more }) =>
    pod(name, nodeName, addresses, { ...more, ...(isTerminating && { isTerminating }) }),
  );
  return new Map(objects.map(each => [podKey(each), each]));
}

function changed(before: ClusterState, { readiness, label, pods }: Change): ClusterState {
  const nodes = [...before.nodes.values()].map((each): NodeObject => {
    if (!Object.hasOwn(readiness, each.name) && !label) return each;
    const { isReady: held, ...rest } = each;
    const ready = Object.hasOwn(readiness, each.name) ? readiness[each.name] : held;
    return { ...rest, labels: label ? { zone: 'z' } : {}, ...(ready !== undefined && { isReady: ready }) };
  });
  return {
    ...before,
    nodes: new Map(nodes.map(each => [each.name, each])),
    pods: new Map([...before.pods, ...podsOf(pods)]),
  };
}

function tablesOf(cluster: ClusterState, nodeIds: ReadonlyMap<string, number>): string {
  const { endpoints, ...rest } = desiredTables({ ...inputOf(), cluster, nodeIds });
  return JSON.stringify([[...endpoints].sort(), rest]);
}

t.test('a change that is of policy alone leaves the tables as they are', t => {
  fc.assert(
    fc.property(
      fc.uniqueArray(someNode, { selector: each => each.name, maxLength: 4 }),
      fc.array(somePod, { maxLength: 3 }),
      change,
      (nodes, pods, change) => {
        const input = inputOf({ nodes });
        const before = { ...input.cluster, pods: podsOf(pods) };
        const now = changed(before, change);
        const affected = affectsDataplane(before, now, SELF);
        if (affected.nodes || affected.pods) return;
        const [old, fresh] = [tablesOf(before, input.nodeIds), tablesOf(now, input.nodeIds)];
        if (old !== fresh) throw new Error(`${old}\nbecomes\n${fresh}`);
      },
    ),
    { numRuns: 1_500 },
  );
  t.pass();
  t.end();
});

t.test('readiness of a node decides between its pod CIDR and an address of another that is in it', t => {
  const cluster = (isReady: boolean): ClusterState => {
    const nodes = [
      node(SELF),
      { ...node('b', { cidrs: ['10.2.0.0/24'], internal: ['192.0.2.2'] }), isReady },
      node('c', { internal: ['10.2.0.9'] }),
    ];
    return inputOf({ nodes }).cluster;
  };
  t.ok(affectsDataplane(cluster(true), cluster(false), SELF).nodes);
  t.end();
});
