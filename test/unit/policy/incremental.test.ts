import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import type { CompiledPolicy, PolicyChange, PolicyInput } from '../../../loader/policy/compiled.ts';
import { PolicyCompiler } from '../../../loader/policy/compiler.ts';
import { changedKeys } from '../../../loader/collections/map-diff.ts';
import { Dice, edited } from './random-edits.ts';
import { inputOf, networkPolicy, pod, pods, rule } from './world.ts';

/** The tables as they were: the compiler changes its own in place. */
function copyOf(compiled: CompiledPolicy): CompiledPolicy {
  return structuredClone(compiled);
}

/** What a change has to name, no more and no less. */
function differences(before: CompiledPolicy, now: CompiledPolicy): PolicyChange {
  const keys = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): ReadonlySet<K> =>
    new Set([...a.keys(), ...b.keys()].filter(key => !isDeepStrictEqual(a.get(key), b.get(key))));
  const none = new Map<number, never>();
  const peers = [...new Set([...before.peers.keys(), ...now.peers.keys()])].flatMap(
    (policy): [number, ReadonlySet<number>][] => {
      const changes = keys(before.peers.get(policy) ?? none, now.peers.get(policy) ?? none);
      return changes.size === 0 ? [] : [[policy, changes]];
    },
  );
  return {
    identities: keys(before.identities, now.identities),
    cidrs: keys(before.cidrs, now.cidrs),
    pods: keys(before.pods, now.pods),
    peers: new Map(peers),
    ruleSets: keys(before.ruleSets, now.ruleSets),
    rules: keys(before.rules, now.rules),
  };
}

function fresh(input: PolicyInput): CompiledPolicy {
  const compiler = new PolicyCompiler();
  compiler.update(input);
  return compiler.compiled;
}

for (let seed = 1; seed <= 12; seed++)
  t.test(
    `after each of many edits the tables are those of a fresh compiler, and the change says it all: ${seed}`,
    t => {
      const dice = new Dice(seed);
      const compiler = new PolicyCompiler();
      let input = inputOf({});
      compiler.update(input);
      for (let step = 0; step < 80; step++) {
        const before = copyOf(compiler.compiled);
        for (let edits = 1 + dice.below(3); edits > 0; edits--) input = edited(input, dice);
        const change = compiler.update(input);
        const wanted = fresh(input);
        if (!isDeepStrictEqual(compiler.compiled, wanted)) {
          t.strictSame(compiler.compiled, wanted, `step ${step}`);
          break;
        }
        if (!isDeepStrictEqual(change, differences(before, compiler.compiled))) {
          t.strictSame(change, differences(before, compiler.compiled), `change of step ${step}`);
          break;
        }
      }
      t.ok(t.passing(), 'after 80 steps');
      t.end();
    },
  );

t.test('the order in which a world is given makes no difference', t => {
  const dice = new Dice(99);
  let input = inputOf({});
  for (let step = 0; step < 120; step++) input = edited(input, dice);
  const backwards = <K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> => new Map([...map].reverse());
  const reversed = { ...input, pods: backwards(input.pods), policies: backwards(input.policies) };
  t.ok(isDeepStrictEqual(fresh({ ...reversed, nodes: backwards(input.nodes) }), fresh(input)));
  t.end();
});

t.test('what everything is taken from is empty again', t => {
  const dice = new Dice(5);
  const compiler = new PolicyCompiler();
  let input = inputOf({});
  for (let step = 0; step < 60; step++) compiler.update((input = edited(input, dice)));
  compiler.update({ ...inputOf({ subjects: [] }), namespaces: new Map() });
  const { identities, ...tables } = compiler.compiled;
  t.strictSame([identities.size, ...Object.values(tables).map(table => table.size)], [0, 0, 0, 0, 0, 0]);
  t.end();
});

t.test('active rows stay as they are while identities come and go', t => {
  const policies = [networkPolicy('p', { egress: [rule('Accept', [pods({ app: 'a' })])] })];
  const compiler = new PolicyCompiler();
  compiler.update(inputOf({ policies }));
  const egress = compiler.compiled.pods.get(1)?.egress ?? 0;
  const before = new Map(compiler.compiled.peers.get(egress));
  const change = compiler.update(
    inputOf({ policies, pods: [pod('a', '10.0.1.1', { labels: { app: 'a' } })] }),
  );
  const now = compiler.compiled.peers.get(egress);
  for (const [identity, row] of before) t.strictSame(now?.get(identity), row);
  t.equal(now?.size, before.size + 1);
  t.equal(change.pods.size, 0);
  t.strictSame(change.peers.get(egress)?.size, 1);
  t.end();
});

t.test('a compiler is of one node', t => {
  const compiler = new PolicyCompiler();
  compiler.update(inputOf({}));
  t.throws(
    () => compiler.update({ ...inputOf({}), nodeName: 'there' }),
    /this compiler is of node here, not there/,
  );
  t.end();
});

t.test('differences of maps are found in whatever order they come', t => {
  const maps = [[], ['a1'], ['a1', 'b1'], ['b1', 'a1'], ['a2', 'b1'], ['b1', 'c1', 'a1'], ['c1']].map(
    entries => new Map(entries.map(each => [each[0], each[1]])),
  );
  for (const before of maps)
    for (const now of maps) {
      const wanted = ['a', 'b', 'c'].filter(key => before.get(key) !== now.get(key));
      t.strictSame([...changedKeys(before, now)].sort(), wanted);
    }
  t.end();
});
