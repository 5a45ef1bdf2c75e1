// From one random world to the next: at every step the kernel answers by the old world or the new one, and a daemon that
// is killed there leaves enough for the next to complete it.
import t from 'tap';
import { readControl } from '../../../loader/tables/control.ts';
import { Slots } from '../../conformance/policy-input.ts';
import { editWorld } from '../../support/policy/random/edit.ts';
import { Random } from '../../support/policy/random/random.ts';
import { randomWorld } from '../../support/policy/random/random-world.ts';
import { seedFrom, worldsFrom } from '../../support/policy/random/seed.ts';
import { makeTestNode } from '../programs/test-node.ts';
import { changedMaps, restoreSnapshot, takeSnapshot, type MapSnapshot } from './map-snapshot.ts';
import { freshMaps, startWriter, whoseAnswers, type WriterRun } from './writer-run.ts';
import { endpointRows, playWorld, type PlayedWorld } from './played-world.ts';

t.setTimeout(600_000);

const WORLDS = 4;
const EDITS = 5;

const programs = makeTestNode('plane', undo => t.teardown(undo)).open();
t.teardown(() => programs[Symbol.dispose]());
const { maps } = programs;

/** The rest is written by others too, or counts. */
const POLICY_ALONE = (name: string): boolean => name !== 'hd_control' && name !== 'hd_endpoint';

interface Moment {
  readonly step: string;
  readonly whose: string;
  readonly snapshot: MapSnapshot;
}

interface Edit {
  readonly old: PlayedWorld;
  readonly now: PlayedWorld;
  readonly left: MapSnapshot;
}

/** The kernel at each step of the change. */
async function change(run: WriterRun, { old, now, left }: Edit, moments: Moment[]): Promise<string[]> {
  run.writer.sync(maps, old.input, 'full');
  await run.settle();
  const written = changedMaps(left, takeSnapshot(maps)).map(
    name => `${name} was written by a start that found it right`,
  );
  const before = readControl(maps.hd_control).generation;
  run.steps.length = moments.length = 0;
  run.writer.update(now.input);
  await run.settle();
  const flips = run.steps.filter(step => step === 'bank switched').length;
  const flip = run.steps.indexOf('bank switched');
  const wrong = moments.filter(
    ({ whose }, i) =>
      whose === 'neither' || (whose === 'new' && i < flip) || (whose === 'old' && flip >= 0 && i >= flip),
  );
  return [
    ...written,
    ...run.failures,
    ...wrong.map(({ step, whose }) => `after '${step}' it answers by ${whose}`),
    ...(flips > 1 ? [`${flips} flips`] : []),
    ...(readControl(maps.hd_control).generation - before === BigInt(flips)
      ? []
      : ['the generation is not their count']),
  ];
}

/** The next daemon over what a killed one has left. */
async function restart({ step, snapshot }: Moment, { old, now }: Edit, due: MapSnapshot): Promise<string[]> {
  restoreSnapshot(maps, snapshot);
  const seen: string[] = [whoseAnswers(maps, old, now)];
  using run = startWriter(() => seen.push(whoseAnswers(maps, old, now)));
  run.writer.sync(maps, now.input, 'full');
  run.writer.syncEndpoints(endpointRows(old));
  await run.settle();
  const isNew = ['new', 'both'].includes(whoseAnswers(maps, old, now));
  const others = changedMaps(due, takeSnapshot(maps)).filter(POLICY_ALONE);
  return [
    ...run.failures,
    ...(seen.includes('neither') ? [`it answered by ${seen.join(', ')}`] : []),
    ...(isNew ? [] : ['it does not answer by the new world']),
    ...others.map(name => `${name} is another`),
  ].map(text => `killed after '${step}', started again: ${text}`);
}

/** What is wrong with one change, in words; leaves the maps as `now` has them. */
async function playEdit(edit: Edit, empty: MapSnapshot): Promise<string[]> {
  const { old, now, left } = edit;
  const moments: Moment[] = [];
  restoreSnapshot(maps, left);
  using run = startWriter(step => {
    moments.push({ step, whose: whoseAnswers(maps, old, now), snapshot: takeSnapshot(maps) });
  });
  const faults = await change(run, edit, moments);
  const after = takeSnapshot(maps);
  for (const moment of moments) faults.push(...(await restart(moment, edit, after)));
  const fresh = await freshMaps(maps, now, empty);
  restoreSnapshot(maps, after);
  run.writer.syncEndpoints(endpointRows(now));
  await run.settle();
  const differing = changedMaps(fresh, takeSnapshot(maps)).filter(name => name !== 'hd_control');
  return [...faults, ...differing.map(name => `${name} is not as a fresh node has it`)];
}

t.test('every step is the old world or the new one; killed there, the next start completes it', async t => {
  const seed = seedFrom(process.env);
  const worlds = worldsFrom(process.env, WORLDS);
  const empty = takeSnapshot(maps);
  for (let i = 0; i < worlds; i++) {
    const random = new Random(seed + i);
    const podIds = new Slots();
    let world = randomWorld(random);
    let old = playWorld(world, podIds);
    let left = await freshMaps(maps, old, empty);
    for (let edit = 0; edit < EDITS && t.passing(); edit++) {
      if (world.pods.length > 0) world = editWorld(world, random);
      const now = playWorld(world, podIds);
      t.strictSame(await playEdit({ old, now, left }, empty), [], `SEED=${seed + i} WORLDS=1, edit ${edit}`);
      [old, left] = [now, takeSnapshot(maps)];
    }
  }
  t.comment(`${worlds} worlds of ${EDITS} edits; SEED=${seed}`);
});
