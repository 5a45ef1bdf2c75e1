// Injects every fault into a lab's nodes, in turn and by chance, and counts what that cost.
import { setTimeout as sleep } from 'node:timers/promises';
import { labDown } from '../../lab/down.ts';
import type { Lab } from '../../lab/lab.ts';
import { planPod } from '../../lab/plan.ts';
import { Random } from '../support/policy/random/random.ts';
import { beginBuilds, type BuildOf } from './builds/build.ts';
import { BUILDS } from './builds/patches.ts';
import type { Fault, Target } from './fault.ts';
import { BUILD_FAULTS } from './faults/builds.ts';
import { CLIENT_FAULTS } from './faults/clients.ts';
import { DAEMON_FAULTS } from './faults/daemon.ts';
import { FLOOD_FAULTS } from './faults/flood.ts';
import { POD_FAULTS } from './faults/pods.ts';
import { POLICY_FAULTS } from './faults/policy.ts';
import { UPGRADE_FAULTS } from './faults/upgrade.ts';
import { chaosLab, makeWhole } from './lab.ts';
import { doubledHooks, expeditedLeft, holdingsOf, leaksBetween, withoutIds, type Holdings } from './leaks.ts';
import { addLosses, NO_LOSSES, type Losses, type Traffic } from './losses.ts';
import { idlePodOf, talksOf } from './talk.ts';
import { Watch } from './watch.ts';

/** grpc-js keeps the connections of closed clients, such as those that wait for a daemon, for 10 s and more. */
const SETTLED_MS = 25_000;
const POLL_MS = 500;

export const FAULTS: readonly Fault[] = [
  ...DAEMON_FAULTS,
  ...UPGRADE_FAULTS,
  ...POD_FAULTS,
  ...POLICY_FAULTS,
  ...CLIENT_FAULTS,
  ...BUILD_FAULTS,
  ...FLOOD_FAULTS,
];

/** Those with `part` in their names. */
export function faultsNamed(part: string): readonly Fault[] {
  return FAULTS.filter(({ name }) => name.includes(part));
}

/** Of each fault's times: below, each is tried a little. */
const SHORT_SHARE = 0.1;

export interface ChaosOptions {
  readonly labName: string;
  readonly seed: number;
  /** Of each fault's own number of times; at least one. */
  readonly share: number;
  /** All, unless some are named. */
  readonly faults?: readonly Fault[];
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export interface Row {
  readonly fault: string;
  readonly times: number;
  readonly losses: Losses;
  readonly traffic: Traffic;
}

/** A row for each fault. The lab is gone when it settles. */
export async function runChaos(options: ChaosOptions): Promise<readonly Row[]> {
  const { labName, signal, progress } = options;
  const buildOf = beginBuilds(Object.values(BUILDS));
  const lab = await chaosLab(labName, { signal, progress });
  try {
    const watch = new Watch(talksOf(lab));
    try {
      await watch.begin();
      return await injectAll({ lab, watch, buildOf, options });
    } finally {
      await watch.close();
    }
  } finally {
    await labDown(labName);
  }
}

interface ChaosRun {
  readonly lab: Lab;
  readonly watch: Watch;
  readonly buildOf: BuildOf;
  readonly options: ChaosOptions;
}

interface FaultRun extends ChaosRun {
  readonly random: Random;
  readonly newPod: (node: string) => ReturnType<Target['newPod']>;
}

async function injectAll(run: ChaosRun): Promise<readonly Row[]> {
  const { share, seed, progress, faults = FAULTS } = run.options;
  const ring = { ...run, random: new Random(seed), newPod: podMaker(run.lab) };
  const rows: Row[] = [];
  for (const fault of faults) {
    const times = Math.max(1, Math.round(fault.times * share));
    progress(`${fault.name}, ${times === 1 ? 'once' : `${times} times`}`);
    rows.push(await injectOften(ring, fault, times));
  }
  return rows;
}

async function injectOften(ring: FaultRun, fault: Fault, times: number): Promise<Row> {
  const { lab, watch } = ring;
  const before = await holdingsOf(lab);
  let ofFault = NO_LOSSES;
  for (let i = 0; i < times; i++) ofFault = addLosses(ofFault, await injectOnce(ring, fault));
  const { losses, traffic } = await watch.take();
  const since = await leaksSince(before, lab, fault.replacesAll === true);
  const leaks = [...since, ...doubledHooks(lab), ...(await expeditedLeft())];
  return {
    fault: fault.name,
    times,
    losses: addLosses(addLosses(ofFault, losses), { leaks }),
    traffic,
  };
}

/** What it cost beside what `watch` sees: flows of its own, steps that were not taken. */
async function injectOnce(ring: FaultRun, fault: Fault): Promise<Losses> {
  const { lab, random, buildOf, options } = ring;
  const node = random.pick(lab.nodes);
  const isShort = options.share < SHORT_SHARE;
  let losses = NO_LOSSES;
  const target: Target = {
    ...{ lab, node, random, buildOf, isShort },
    newPod: () => ring.newPod(node.name),
    idlePod: idlePodOf(lab, node.name),
    lose: more => (losses = addLosses(losses, more)),
  };
  options.signal.throwIfAborted();
  try {
    await fault.inject(target);
  } catch (error) {
    options.signal.throwIfAborted();
    target.lose({ failures: [sentenceOf(error)] });
    await makeWhole(lab);
  }
  return losses;
}

/** Between the first line and the last there may be much of a log. */
function sentenceOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trimEnd().split('\n');
  return [...new Set([lines[0], lines.at(-1)])].join(' … ');
}

/** What a start or a client has left to the garbage collector is gone soon after. */
async function leaksSince(before: Holdings, lab: Lab, isReplaced: boolean): Promise<string[]> {
  const deadline = Date.now() + SETTLED_MS;
  for (;;) {
    const after = await holdingsOf(lab);
    const leaks = isReplaced
      ? leaksBetween(withoutIds(before), withoutIds(after))
      : leaksBetween(before, after);
    if (leaks.length === 0 || Date.now() > deadline) return leaks;
    await sleep(POLL_MS);
  }
}

/** Numbers are never used twice: an address rests after its pod. */
function podMaker(lab: Lab): (node: string) => ReturnType<Target['newPod']> {
  let number = 100;
  return node => planPod(lab.options, node, number++);
}
