// Plays faults in a lab on etcd and in one on the API server's stand-in, until the time is up, and looks at what was lost.
import { labName } from '../support/lab.ts';
import { Watch } from '../chaos/watch.ts';
import { makeWhole } from '../chaos/lab.ts';
import { Random } from '../support/policy/random/random.ts';
import { until } from '../support/until.ts';
import { drawRounds } from './draw.ts';
import { checkCounters, checkEmptied, checkLeaks } from './end-of-run.ts';
import type { SoakFault } from './fault.ts';
import { NODE_FAULTS } from './faults/all.ts';
import { isClean } from './judge.ts';
import { playRound, type RoundOutcome, type RoundSetting } from './round.ts';
import { shapeOf } from './shape.ts';
import { openApiServerSource } from './sources/api-server-source.ts';
import { openEtcdSource } from './sources/etcd-source.ts';
import { Teardown } from './teardown.ts';
import { buildWorld, type WorldOptions } from './world/build-world.ts';
import type { World } from './world/world.ts';

/** Between two packets of a stream. */
const INTERVAL_MS = 10;

export type OpenSource = WorldOptions['open'];

export const SOURCES: Readonly<Record<string, OpenSource>> = {
  etcd: openEtcdSource,
  'api-server': openApiServerSource,
};

export interface SoakOptions {
  readonly seed: number;
  readonly sources: readonly OpenSource[];
  readonly nodes: number;
  /** Of all sources together; a round that has begun is played to its end. */
  readonly minutes: number;
  /** Of each source; absent: as many as the time allows. */
  readonly rounds?: number;
  readonly isWanted: (fault: SoakFault) => boolean;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export interface SoakResult {
  readonly rounds: readonly RoundOutcome[];
  /** A sentence each: what was not right when all faults were over. */
  readonly atTheEnd: readonly string[];
}

/** The labs are gone when it settles. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const random = new Random(options.seed);
  const results: SoakResult[] = [];
  for (const open of options.sources) {
    const own = new Random(random.int(2 ** 31));
    const deadline = performance.now() + (options.minutes * 60_000) / options.sources.length;
    results.push(await soakOn(open, { ...options, random: own, deadline }));
  }
  return {
    rounds: results.flatMap(({ rounds }) => rounds),
    atTheEnd: results.flatMap(({ atTheEnd }) => atTheEnd),
  };
}

interface SourceRun extends SoakOptions {
  readonly random: Random;
  readonly deadline: number;
}

async function soakOn(open: OpenSource, run: SourceRun): Promise<SoakResult> {
  const teardown = new Teardown();
  try {
    const { nodes, signal, progress } = run;
    const world = await buildWorld(teardown, { labName: labName(), nodes, open, signal });
    progress(`${world.source.name}: ${nodes} nodes and ${world.lab.pods.length} pods are there`);
    const watch = new Watch(world.talks, INTERVAL_MS);
    teardown.teardown(() => watch.close());
    await watch.begin();
    if (!(await until(async () => (await watch.takeEach()).every(isClean))))
      throw new Error(`${world.source.name}: traffic is not as policy has it before the first fault`);
    const whole = await shapeOf(world.lab);
    const rounds = await playRounds({ ...run, world, watch, whole });
    const counters = await checkCounters(world);
    await watch.close();
    const found = [...counters, ...(await checkLeaks(world, whole)), ...(await checkEmptied(world))];
    return { rounds, atTheEnd: found.map(sentence => `${world.source.name}: ${sentence}`) };
  } finally {
    await teardown.run();
  }
}

async function playRounds(run: SourceRun & RoundSetting): Promise<readonly RoundOutcome[]> {
  const { world, random, isWanted, signal, progress, deadline, rounds = Infinity } = run;
  const faults = [...NODE_FAULTS, ...world.source.faults].filter(isWanted);
  const outcomes: RoundOutcome[] = [];
  if (faults.length === 0) return outcomes; // those that are wanted are of another source
  let { whole } = run;
  for (const drawn of drawRounds(random, faults, world.lab.nodes)) {
    if (outcomes.length >= rounds || performance.now() > deadline) break;
    signal.throwIfAborted();
    const outcome = await playRound({ ...run, whole }, drawn);
    outcomes.push(outcome);
    progress(describeRound(outcome));
    if (outcome.failures.length > 0) whole = await recovered(world, run.watch);
  }
  return outcomes;
}

/** The next fault is not blamed for this one. */
async function recovered(world: World, watch: Watch) {
  await makeWhole(world.lab);
  await until(async () => (await watch.takeEach()).every(isClean));
  return shapeOf(world.lab);
}

/** From then on the line of a round says what it waited for. */
const LONG_S = 5;

export function describeRound(outcome: RoundOutcome): string {
  const { source, faults, secondsToReady, waitedFor, paid, failures } = outcome;
  const names = faults.map(({ fault, node }) => `${fault}, ${node}`).join(' + ');
  const ready = secondsToReady === undefined ? 'not ready' : `ready after ${secondsToReady.toFixed(1)} s`;
  const cost = paid === 0 ? '' : `, ${paid} lost as it may`;
  const why = (secondsToReady ?? 0) > LONG_S ? `; last: ${waitedFor.join('; ')}` : '';
  const wrong = failures.map(sentence => `\n          ${sentence}`).join('');
  return `${source}: ${names}: ${ready}${cost}${why}${wrong}`;
}
