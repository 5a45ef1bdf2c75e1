// TCP through several networks of pods in turn, and ours set against each of the others.
import { readFileSync } from 'node:fs';
import type { Aim, BenchContext, Pair, Result } from '../figure.ts';
import { paired, pairOf } from '../results.ts';
import { useCongestionControl, type PodEnd, type PodNetwork } from './pod-network.ts';
import { runTcp, type TcpRun } from './tcp-run.ts';

/** Two pods of a network, in either order of nodes. */
export interface Contender {
  readonly network: PodNetwork;
  readonly from: PodEnd;
  readonly to: PodEnd;
}

export function betweenNodes(network: PodNetwork): Contender {
  return { network, from: network.from, to: network.to };
}

export function onOneNode(network: PodNetwork): Contender {
  return { network, from: network.from, to: network.neighbour };
}

export interface Comparison {
  readonly ours: Contender;
  readonly peers: readonly {
    readonly contender: Contender;
    /** Of the goodput; other ways to load have more behind it. */
    readonly name: string;
    /** Note on processor time; absent: none. */
    readonly cpuName?: string;
    readonly note: string;
    readonly aim?: Aim;
  }[];
}

/** `four`: what a node carries is many flows; its results have no suffix. */
const LOADS = {
  four: { suffix: '', streams: 4, isPaced: false },
  one: { suffix: '_one', streams: 1, isPaced: false },
  paced: { suffix: '_paced', streams: 1, isPaced: true },
} as const;
export type LoadName = keyof typeof LOADS;
export const LOAD_NAMES = Object.keys(LOADS) as readonly LoadName[];

/** It sends as its window allows, and asks no timer: where pacing sleeps, ratios show timers and not datapaths. */
export const UNPACED = 'reno';
const SECONDS = 1;

export async function compareTcp(
  comparison: Comparison,
  loads: readonly LoadName[],
  context: BenchContext,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const load of loads) {
    const rounds = await measureRounds(comparison, load, context);
    comparison.peers.forEach((_, i) => results.push(...resultsOf(comparison, i, load, rounds)));
  }
  return results;
}

/** The names of its results. */
export function tcpNames(
  peers: readonly { readonly name: string; readonly cpuName?: string }[],
  loads: readonly LoadName[],
): string[] {
  return peers.flatMap(({ name, cpuName }) => [
    ...loads.map(load => `${name}${LOADS[load].suffix}`),
    ...(cpuName === undefined ? [] : [cpuName]),
  ]);
}

/** Ours first, then the peers in their order. */
type Round = readonly TcpRun[];

async function measureRounds(
  { ours, peers }: Comparison,
  load: LoadName,
  { isQuick, progress, signal }: BenchContext,
): Promise<readonly Round[]> {
  const { streams, isPaced } = LOADS[load];
  const contenders = [ours, ...peers.map(({ contender }) => contender)];
  const algorithm = isPaced ? defaultCongestionControl() : UNPACED;
  const count = isQuick ? 3 : 11;
  progress(`TCP, ${streams === 1 ? 'one stream' : `${streams} streams`}, ${algorithm}, ${count} rounds`);
  for (const { network } of contenders) useCongestionControl(network, algorithm);
  const rounds: Round[] = [];
  for (let round = 0; round < count; round++) {
    const runs: TcpRun[] = [];
    for (const contender of contenders) {
      signal.throwIfAborted();
      runs.push(await runTcp(contender.from, contender.to, { streams, amount: { seconds: SECONDS } }));
    }
    rounds.push(runs);
  }
  return rounds;
}

function resultsOf(
  { peers }: Comparison,
  index: number,
  load: LoadName,
  rounds: readonly Round[],
): readonly Result[] {
  const peer = peers[index];
  if (peer === undefined) return [];
  const { suffix, streams, isPaced } = LOADS[load];
  const pairs = rounds.flatMap(round => {
    const [ours, theirs] = [round[0], round[index + 1]];
    return ours === undefined || theirs === undefined ? [] : [{ ours, theirs }];
  });
  const sum = (count: (pair: (typeof pairs)[number]) => number): number =>
    pairs.reduce((total, pair) => total + count(pair), 0);
  const resent = `${sum(({ ours }) => ours.retransmitted)} : ${sum(({ theirs }) => theirs.retransmitted)}`;
  const how = `${streams === 1 ? 'one stream' : `${streams} streams`}, ${isPaced ? defaultCongestionControl() : UNPACED}`;
  const heading = { unit: 'Gbit/s', note: `${peer.note}; ${how}; ${resent} segments sent again` };
  const goodput = pairs.map(({ ours, theirs }) => pairOf(ours.gbits, theirs.gbits));
  const results = [
    paired(
      {
        ...heading,
        name: `${peer.name}${suffix}`,
        ...(load === 'four' && peer.aim !== undefined ? { aim: peer.aim } : {}),
      },
      goodput,
    ),
  ];
  if (load !== 'four' || peer.cpuName === undefined) return results;
  const cpu = pairs.map(({ ours, theirs }) => cheaper(ours.cpuSecondsPerGb, theirs.cpuSecondsPerGb));
  return [...results, paired({ name: peer.cpuName, unit: 's/GB', note: `${peer.note}; ${how}` }, cpu)];
}

/** Less is better: the ratio is turned round, so that more is better in every ratio. */
function cheaper(ours: number, peer: number): Pair {
  return { ours, peer, ratio: peer / ours };
}

/** Of this machine; namespaces begin with it. */
export function defaultCongestionControl(): string {
  return readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim();
}
