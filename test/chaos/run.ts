// Strikes a lab's nodes with every fault, in turn and by chance, and counts what that cost.
import { setTimeout as sleep } from 'node:timers/promises';
import { labDown } from '../../lab/down.ts';
import type { Lab } from '../../lab/lab.ts';
import { DEFAULT_OPTIONS, planPod } from '../../lab/plan.ts';
import { labUp } from '../../lab/up.ts';
import { Random } from '../support/policy/random/random.ts';
import type { Fault, Victim } from './fault.ts';
import { CLIENT_FAULTS } from './faults/clients.ts';
import { DAEMON_FAULTS } from './faults/daemon.ts';
import { FLOOD_FAULTS } from './faults/flood.ts';
import { POD_FAULTS } from './faults/pods.ts';
import { POLICY_FAULTS } from './faults/policy.ts';
import { UPGRADE_FAULTS } from './faults/upgrade.ts';
import { doubledHooks, expeditedLeft, holdingsOf, leaksBetween, withoutIds, type Holdings } from './leaks.ts';
import { guard, idlePodOf, PODS_PER_NODE, talksOf } from './talk.ts';
import { addTolls, NO_TOLL, type Toll, type Traffic } from './toll.ts';
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
  ...FLOOD_FAULTS,
];

export interface ChaosOptions {
  readonly labName: string;
  readonly seed: number;
  /** Of each fault's own number of times; at least one. */
  readonly share: number;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export interface Row {
  readonly fault: string;
  readonly times: number;
  readonly toll: Toll;
  readonly traffic: Traffic;
}

/** A row for each fault. The lab is gone when it settles. */
export async function runChaos(options: ChaosOptions): Promise<readonly Row[]> {
  const { labName, signal, progress } = options;
  const lab = await labUp(
    { ...DEFAULT_OPTIONS, name: labName, podsPerNode: PODS_PER_NODE },
    { signal, progress },
  );
  try {
    guard(lab);
    const watch = new Watch(talksOf(lab));
    try {
      await watch.begin();
      return await strikeAll(lab, watch, options);
    } finally {
      await watch.close();
    }
  } finally {
    await labDown(labName);
  }
}

async function strikeAll(lab: Lab, watch: Watch, options: ChaosOptions): Promise<readonly Row[]> {
  const random = new Random(options.seed);
  const newPod = podMaker(lab);
  const rows: Row[] = [];
  for (const fault of FAULTS) {
    const times = Math.max(1, Math.round(fault.times * options.share));
    options.progress(`${fault.name}, ${times === 1 ? 'once' : `${times} times`}`);
    rows.push(await strike({ lab, watch, random, newPod, signal: options.signal }, fault, times));
  }
  return rows;
}

interface Ring {
  readonly lab: Lab;
  readonly watch: Watch;
  readonly random: Random;
  readonly newPod: (node: string) => ReturnType<Victim['newPod']>;
  readonly signal: AbortSignal;
}

async function strike(ring: Ring, fault: Fault, times: number): Promise<Row> {
  const { lab, watch, random } = ring;
  const before = await holdingsOf(lab);
  for (let i = 0; i < times; i++) {
    ring.signal.throwIfAborted();
    const node = random.pick(lab.nodes);
    const newPod = () => ring.newPod(node.name);
    await fault.strike({ lab, node, random, newPod, idlePod: idlePodOf(lab, node.name) });
  }
  const { toll, traffic } = await watch.take();
  const since = await leaksSince(before, lab, fault.replacesAll === true);
  const leaks = [...since, ...doubledHooks(lab), ...expeditedLeft()];
  return {
    fault: fault.name,
    times,
    toll: addTolls({ ...NO_TOLL, ...toll }, { ...NO_TOLL, leaks }),
    traffic,
  };
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
function podMaker(lab: Lab): (node: string) => ReturnType<Victim['newPod']> {
  let number = 100;
  return node => planPod(lab.options, node, number++);
}
