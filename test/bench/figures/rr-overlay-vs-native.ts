// rr_overlay_vs_native: requests and responses of one byte over TCP, beside plain routing and flannel's vxlan.
import type { Aim, BenchContext, Figure, Result } from '../figure.ts';
import { checkAll } from '../net/check-carriage.ts';
import { openLabNetwork } from '../net/lab-network.ts';
import { useCongestionControl, type PodNetwork } from '../net/pod-network.ts';
import { APART, ON_ONE, roundTrips, type Pinning } from '../net/round-trips.ts';
import { openFlannelPair } from '../peers/flannel.ts';
import { openNativePair } from '../peers/native.ts';
import { paired, pairOf } from '../results.ts';

const NATIVE = 'rr_overlay_vs_native';
const FLANNEL = 'rr_overlay_vs_flannel';
const AIM = { atLeast: 1 } as const;
const WAYS = [
  { suffix: '', pinning: ON_ONE, words: 'both ends on one processor' },
  { suffix: '_apart', pinning: APART, words: 'a processor each, woken for every packet' },
] as const;

export const rrOverlayVsNative: Figure = {
  name: NATIVE,
  results: [NATIVE, FLANNEL].flatMap(name => WAYS.map(({ suffix }) => `${name}${suffix}`)),
  isAlone: false,
  measure,
};

async function measure(context: BenchContext): Promise<readonly Result[]> {
  context.progress('a lab, two nodes that route, two nodes as flannel makes them');
  await using overlay = await openLabNetwork('benchnetover', 'always', context);
  await using native = await openNativePair('benchnetnative');
  await using flannel = await openFlannelPair('benchnetflannel');
  await checkAll({ overlay, native, flannel }, 'offload', context);
  for (const network of [overlay, native, flannel]) useCongestionControl(network, 'reno');
  const results: Result[] = [];
  for (const { suffix, pinning, words } of WAYS) {
    context.progress(`round trips, ${words}`);
    const rounds = await measureRounds([overlay, native, flannel], pinning, context);
    const compare = (name: string, peer: number, note: string, aim?: Aim): Result => {
      const runs = rounds.map(round => pairOf(round[0] ?? Number.NaN, round[peer] ?? Number.NaN));
      const heading = { name: `${name}${suffix}`, unit: 'transactions/s', note: `${note}; ${words}` };
      return paired(aim === undefined ? heading : { ...heading, aim }, runs);
    };
    results.push(
      compare(NATIVE, 1, 'overlay : plain routing', suffix === '' ? AIM : undefined),
      compare(FLANNEL, 2, 'overlay : kernel vxlan and bridge'),
    );
  }
  return results;
}

/** For each round, the rates in the order of the networks. */
async function measureRounds(
  networks: readonly PodNetwork[],
  pinning: Pinning,
  { isQuick, signal }: BenchContext,
): Promise<number[][]> {
  const [count, milliseconds] = isQuick ? [3, 300] : [21, 500];
  const rounds: number[][] = [];
  for (let i = 0; i < count; i++) {
    const round: number[] = [];
    for (const { from, to } of networks) {
      signal.throwIfAborted();
      round.push(await roundTrips(from, to, milliseconds, pinning));
    }
    rounds.push(round);
  }
  return rounds;
}
