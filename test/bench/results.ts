// From runs to results.
import type { Aim, Pair, PairedResult, PlainResult } from './figure.ts';
import { median } from './statistics.ts';

interface Heading {
  readonly name: string;
  readonly unit: string;
  readonly note: string;
  readonly aim?: Aim;
}

/** One run of ours, one of the peer's, and again: what the machine does meanwhile meets both. */
export async function measurePairs(
  rounds: number,
  ours: () => Promise<number>,
  peer: () => Promise<number>,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) pairs.push(pairOf(await ours(), await peer()));
  return pairs;
}

export function pairOf(ours: number, peer: number): Pair {
  return { ours, peer, ratio: ours / peer };
}

/** The ratio is the median of the runs' ratios, not the ratio of the medians. */
export function paired(heading: Heading, runs: readonly Pair[]): PairedResult {
  return {
    ...heading,
    ours: median(runs.map(run => run.ours)),
    peer: median(runs.map(run => run.peer)),
    ratio: median(runs.map(run => run.ratio)),
    runs,
  };
}

export function plain(heading: Heading, runs: readonly number[], value = median(runs)): PlainResult {
  return { ...heading, value, runs };
}
