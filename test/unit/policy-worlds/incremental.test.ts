import t from 'tap';
import type { PolicyInput } from '../../../loader/policy/compiled.ts';
import { PolicyCompiler } from '../../../loader/policy/compiler.ts';
import { nodesOf } from '../../conformance/nodes.ts';
import { policyInput, readWorld, Slots } from '../../conformance/policy-input.ts';
import { editWorld } from '../../support/policy/random/edit.ts';
import { Random } from '../../support/policy/random/random.ts';
import { randomWorld } from '../../support/policy/random/random-world.ts';
import { seedFrom, worldsFrom } from '../../support/policy/random/seed.ts';
import { changedKeys, differences, tableTexts, type TableTexts } from '../../support/policy/tables.ts';
import type { World } from '../../support/policy/world.ts';

/** `make worlds` edits more. */
const WORLDS = 15;
const EDITS = 12;

function freshTables(input: PolicyInput): TableTexts {
  const compiler = new PolicyCompiler();
  compiler.update(input);
  return tableTexts(compiler.compiled);
}

function inputsOf(world: World, podIds: Slots): readonly PolicyInput[] {
  const read = readWorld(world);
  podIds.update(world);
  return nodesOf(world).map(({ name }) => policyInput(world, read, { node: name, podIds: podIds.of(name) }));
}

/** What is wrong after one update of one node, in words. */
function faultsOf(compiler: PolicyCompiler, input: PolicyInput, everSeen: Map<string, string>): string[] {
  const before = tableTexts(compiler.compiled);
  const changed = changedKeys(compiler.update(input));
  const after = tableTexts(compiler.compiled);
  const silent = differences(before, after).filter(key => !changed.has(key));
  const fresh = differences(freshTables(input), after);
  const rewritten = (['peers', 'ruleSets', 'rules'] as const).flatMap(table =>
    [...after[table]].flatMap(([key, row]) => {
      const earlier = everSeen.get(`${table} ${key}`) ?? row;
      everSeen.set(`${table} ${key}`, row);
      return earlier === row ? [] : [`${table} ${key}`];
    }),
  );
  return [
    ...silent.map(key => `${key} has changed, and nothing said so`),
    ...fresh.map(key => `${key} is not as a fresh compiler makes it`),
    ...rewritten.map(key => `${key} does not say what it said once`),
  ];
}

t.test('after each edit the tables are those of a fresh compiler, and numbers keep their meaning', t => {
  const seed = seedFrom(process.env);
  const worlds = worldsFrom(process.env, WORLDS);
  for (let i = 0; i < worlds; i++) {
    const random = new Random(seed + i);
    const [podIds, compilers] = [new Slots(), new Map<string, PolicyCompiler>()];
    const everSeen = new Map<string, string>();
    let world = randomWorld(random);
    for (let edit = 0; edit <= EDITS; edit++) {
      for (const input of inputsOf(world, podIds)) {
        const compiler = compilers.get(input.nodeName) ?? new PolicyCompiler();
        compilers.set(input.nodeName, compiler);
        const faults = faultsOf(compiler, input, everSeen).slice(0, 10);
        if (faults.length > 0)
          t.strictSame(faults, [], `SEED=${seed + i} WORLDS=1, edit ${edit}, node ${input.nodeName}`);
      }
      if (!t.passing()) break;
      if (world.pods.length > 0) world = editWorld(world, random);
    }
    if (!t.passing()) break;
  }
  t.comment(`${worlds} worlds of ${EDITS} edits; SEED=${seed}`);
  t.pass();
  t.end();
});

/** Part of it, in another order: as much as may have arrived by then. */
function partOf<K, V>(map: ReadonlyMap<K, V>, random: Random, share: number): ReadonlyMap<K, V> {
  return new Map(random.shuffled([...map]).filter(() => random.chance(share)));
}

function partialInput(input: PolicyInput, random: Random, share: number): PolicyInput {
  return {
    nodeName: input.nodeName,
    nodes: partOf(input.nodes, random, share),
    nodeAddresses: partOf(input.nodeAddresses, random, share),
    namespaces: partOf(input.namespaces, random, share),
    pods: partOf(input.pods, random, share),
    policies: partOf(input.policies, random, share),
    subjects: partOf(input.subjects, random, share),
  };
}

t.test('whatever the order of events was, one world has one set of tables', t => {
  const seed = seedFrom(process.env);
  const worlds = worldsFrom(process.env, WORLDS);
  for (let i = 0; i < worlds && t.passing(); i++) {
    const random = new Random(seed + i);
    const world = randomWorld(random);
    const elsewhere = inputsOf(randomWorld(random), new Slots());
    for (const input of inputsOf(world, new Slots())) {
      const compiler = new PolicyCompiler();
      for (const other of elsewhere.filter(() => random.chance(0.3)))
        compiler.update({ ...other, nodeName: input.nodeName });
      for (const share of [0.3, 0.8, 0.6]) compiler.update(partialInput(input, random, share));
      compiler.update(partialInput(input, random, 1));
      const faults = differences(freshTables(input), tableTexts(compiler.compiled)).slice(0, 10);
      if (faults.length > 0) t.strictSame(faults, [], `SEED=${seed + i} WORLDS=1, node ${input.nodeName}`);
    }
  }
  t.comment(`${worlds} worlds; SEED=${seed}`);
  t.pass();
  t.end();
});
