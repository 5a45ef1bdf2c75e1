// Pods of random worlds come one by one, also while packets are waited for: its policy applies to each at once, to no
// other pod another one meanwhile, and in the end the tables are those of a node that has always had them.
import t from 'tap';
import { activeBank } from '../../../loader/tables/control.ts';
import type { CompiledPolicy, PodId, PolicyInput } from '../../../loader/policy/compiled.ts';
import { PolicyCompiler } from '../../../loader/policy/compiler.ts';
import { Slots } from '../../conformance/policy-input.ts';
import { editWorld } from '../../support/policy/random/edit.ts';
import { Random } from '../../support/policy/random/random.ts';
import { randomWorld } from '../../support/policy/random/random-world.ts';
import { seedFrom, worldsFrom } from '../../support/policy/random/seed.ts';
import { makeTestNode } from '../programs/test-node.ts';
import { answers, kernelPolicy } from './kernel-policy.ts';
import { changedMaps, restoreSnapshot, takeSnapshot, type MapSnapshot } from './map-snapshot.ts';
import { freshMaps, startWriter } from './writer-run.ts';
import { commonPeers, endpointRows, playWorld, type PlayedWorld } from './played-world.ts';

t.setTimeout(600_000);

const WORLDS = 15;

const programs = makeTestNode('pods', undo => t.teardown(undo)).open();
t.teardown(() => programs[Symbol.dispose]());
const { maps } = programs;

function withPods(input: PolicyInput, podIds: readonly PodId[]): PolicyInput {
  return { ...input, subjects: new Map([...input.subjects].filter(([podId]) => podIds.includes(podId))) };
}

function compiled(input: PolicyInput): CompiledPolicy {
  const compiler = new PolicyCompiler();
  compiler.update(input);
  return compiler.compiled;
}

/** What is wrong, in words. `before` is another policy, whose packets are still on their way when the pods come. */
async function comeOneByOne(
  world: PlayedWorld,
  before: PlayedWorld,
  empty: MapSnapshot,
  isWaiting: boolean,
): Promise<string[]> {
  restoreSnapshot(maps, empty);
  using run = startWriter();
  const peers = commonPeers(before, world);
  const all = [...world.input.subjects.keys()].filter(podId => before.input.subjects.has(podId));
  const present = all.slice(0, 1);
  run.writer.sync(maps, withPods(before.input, present), 'incremental');
  run.writer.syncEndpoints(endpointRows(before));
  await run.settle();
  run.writer.update(withPods(world.input, present));
  if (!isWaiting) await run.settle();
  const version = activeBank(maps.hd_control);
  const old = answers(kernelPolicy(maps, present, 1 - version), present, peers);
  const first = [...present];
  const faults: string[] = [];
  for (const podId of all.slice(1)) {
    present.push(podId);
    const input = withPods(world.input, present);
    run.writer.addPod(input, podId);
    const found = answers(kernelPolicy(maps, present), present, peers);
    if (found !== answers(compiled(input), present, peers))
      faults.push(`podId ${podId} came, and not all is as it should be`);
    const isOld = answers(kernelPolicy(maps, first, 1 - version), first, peers) === old;
    if (isWaiting && !isOld)
      faults.push(`podId ${podId} came, and a packet on its way is evaluated otherwise`);
    if (!isWaiting) run.writer.bumpGeneration();
    if (!isWaiting) await run.settle();
  }
  run.writer.bumpGeneration();
  await run.settle();
  run.writer.syncEndpoints(endpointRows(world));
  await run.settle();
  const due = await freshMapsOf({ ...world, input: withPods(world.input, present) }, empty);
  const others = due.filter(name => name !== 'hd_control').map(name => `${name} is not as on a fresh node`);
  return [...faults, ...others, ...run.failures];
}

/** The maps that differ from those of a node that never knew anything else. */
async function freshMapsOf(world: PlayedWorld, empty: MapSnapshot): Promise<string[]> {
  const found = takeSnapshot(maps);
  return changedMaps(await freshMaps(maps, world, empty), found);
}

for (const isWaiting of [false, true])
  t.test(isWaiting ? 'while packets are waited for' : 'one after the other', async t => {
    const seed = seedFrom(process.env);
    const worlds = worldsFrom(process.env, WORLDS);
    const empty = takeSnapshot(maps);
    for (let i = 0; i < worlds && t.passing(); i++) {
      const random = new Random(seed + i);
      const podIds = new Slots();
      const first = randomWorld(random);
      const before = playWorld(first, podIds);
      const now = playWorld(first.pods.length > 0 ? editWorld(first, random) : first, podIds);
      t.strictSame(await comeOneByOne(now, before, empty, isWaiting), [], `SEED=${seed + i} WORLDS=1`);
    }
    restoreSnapshot(maps, empty);
    t.comment(`${worlds} worlds; SEED=${seed}`);
  });
