// One round: a fault, or two at once, each for a time of its own; then the node is to be whole again.
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../loader/errors.ts';
import { leaksBetween, type Holdings } from '../chaos/leaks.ts';
import type { TalkReport, Watch } from '../chaos/watch.ts';
import { Random } from '../support/policy/random/random.ts';
import { until } from '../support/until.ts';
import type { Drawn } from './draw.ts';
import { describeLosses, isClean, judge, sumOfEach, type Judgement } from './judge.ts';
import { untilReady, WHOLE_MS } from './readiness.ts';
import { atRest, shapeOf } from './shape.ts';
import type { World } from './world/world.ts';

export interface RoundOutcome extends Judgement {
  readonly source: string;
  readonly faults: readonly { readonly fault: string; readonly node: string }[];
  /** From the last fault's end until every node was ready with no problem left; absent: not in time. */
  readonly secondsToReady?: number;
  /** What was found last before that. */
  readonly waitedFor: readonly string[];
}

export interface RoundSetting {
  readonly world: World;
  readonly watch: Watch;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** What the nodes held when they were whole. */
  readonly whole: Holdings;
}

const CALM_POLL_MS = 200;

export async function playRound(setting: RoundSetting, drawn: readonly Drawn[]): Promise<RoundOutcome> {
  const { world, signal } = setting;
  const unplayed = await playAll(setting, drawn);
  const { seconds, found } = await untilReady(world.lab.nodes, signal);
  const unready = seconds === undefined ? found.map(unreadySentence) : [];
  const after = await untilCalm(setting);
  const judged = judge(drawn, sumOfEach(world.talks, after.reports));
  return {
    source: world.source.name,
    faults: drawn.map(({ fault, node }) => ({ fault: fault.name, node: node.name })),
    ...(seconds !== undefined && { secondsToReady: seconds }),
    waitedFor: found,
    ...judged,
    failures: [...unplayed, ...unready, ...judged.failures, ...after.failures],
  };
}

function unreadySentence(found: string): string {
  return `expected ready with no problem within ${WHOLE_MS / 1_000} s, found ${found}`;
}

/** What could not be begun or ended, in a sentence each. */
async function playAll({ world, random, signal }: RoundSetting, drawn: readonly Drawn[]): Promise<string[]> {
  const played = drawn.map(async ({ fault, node }, i) => {
    const own = new Random(random.int(2 ** 31));
    const lastsMs = own.int(fault.lastsMs);
    if (i > 0) await sleep(own.int(drawn[0]?.fault.lastsMs ?? 0), undefined, { signal });
    const end = await fault.begin({ world, node, random: own });
    try {
      await sleep(lastsMs, undefined, { signal });
    } finally {
      await end();
    }
  });
  const outcomes = await Promise.allSettled(played);
  signal.throwIfAborted();
  return outcomes.flatMap(outcome =>
    outcome.status === 'rejected'
      ? [`expected to be begun and ended, found ${reasonOf(outcome.reason)}`]
      : [],
  );
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
  return `${messageOf(error)}${cause}`;
}

interface Calm {
  /** Of all that was sent meanwhile. */
  readonly reports: readonly TalkReport[];
  readonly failures: readonly string[];
}

/** Until nothing is lost any more, and the nodes hold what they held before. */
async function untilCalm({ world, watch, whole }: RoundSetting): Promise<Calm> {
  const reports: TalkReport[] = [];
  let leaks: readonly string[] = [];
  const isCalm = async (): Promise<boolean> => {
    reports.push(...(await watch.takeEach()));
    leaks = leaksBetween(atRest(whole), atRest(await shapeOf(world.lab)));
    await sleep(CALM_POLL_MS);
    const last = await watch.takeEach();
    reports.push(...last);
    return leaks.length === 0 && last.every(isClean);
  };
  const isSo = await until(isCalm, WHOLE_MS);
  const unclean = isSo ? [] : reports.slice(-world.talks.length).filter(each => !isClean(each));
  return {
    reports,
    failures: [
      ...leaks.map(leak => `expected what the nodes held before, found ${leak}`),
      ...unclean.map(each => `expected traffic to go on, found ${describeLosses(each)}`),
    ],
  };
}
