// Samples summed by what they were spent on, and divided by what was carried: microseconds for each 64 KiB.
import { EVERYTHING_ELSE, USER_SPACE, categoryOf } from './symbol-categories.ts';
import type { Sample } from './samples.ts';

/** A network's samples and what it carried while they were taken. */
export interface Round {
  readonly samples: readonly Sample[];
  readonly bytes: number;
}

export interface Breakdown {
  /** Microseconds for each 64 KiB, by category. */
  readonly parts: ReadonlyMap<string, number>;
  /** Of all parts. */
  readonly all: number;
  /** The same of each round. */
  readonly allOfRounds: readonly number[];
  /** Where packets are handled, in others' names: not in any part, since it may be others' packets. */
  readonly elsewhere: number;
  /** The largest functions of no category, for who extends the table. */
  readonly unknown: readonly string[];
}

const UNIT_BYTES = 65_536;
const NS_PER_US = 1_000;
/** Both ends of the stream. Ids of processes outside of our PID namespace are 0. */
const PROGRAM = 'iperf3';
const MAX_UNKNOWN = 8;

export function breakdownOf(rounds: readonly Round[]): Breakdown {
  const samples = rounds.flatMap(round => round.samples);
  const bytes = rounds.reduce((total, round) => total + round.bytes, 0);
  const own = samples.filter(isOwn);
  const elsewhere = samples.filter(sample => !isOwn(sample) && isOfPackets(sample));
  const unknown = own.filter(sample => partOf(sample) === EVERYTHING_ELSE);
  return {
    parts: summed(own, bytes, partOf),
    all: perUnit(own, bytes),
    allOfRounds: rounds.map(round => perUnit(round.samples.filter(isOwn), round.bytes)),
    elsewhere: perUnit(elsewhere, bytes),
    unknown: largest(summed(unknown, bytes, ({ symbol }) => symbol)).slice(0, MAX_UNKNOWN),
  };
}

function isOwn({ pid, process }: Sample): boolean {
  return pid > 0 && process === PROGRAM;
}

function isOfPackets({ symbol, isKernel }: Sample): boolean {
  return isKernel && categoryOf(symbol)?.isOfPackets === true;
}

function partOf({ symbol, isKernel }: Sample): string {
  if (!isKernel) return USER_SPACE;
  return categoryOf(symbol)?.name ?? EVERYTHING_ELSE;
}

function perUnit(samples: readonly Sample[], bytes: number): number {
  const nanoseconds = samples.reduce((total, sample) => total + sample.nanoseconds, 0);
  return nanoseconds / NS_PER_US / (bytes / UNIT_BYTES);
}

function summed(
  samples: readonly Sample[],
  bytes: number,
  keyOf: (sample: Sample) => string,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const sample of samples) {
    const key = keyOf(sample);
    sums.set(key, (sums.get(key) ?? 0) + perUnit([sample], bytes));
  }
  return sums;
}

function largest(sums: ReadonlyMap<string, number>): readonly string[] {
  return [...sums].sort(([, a], [, b]) => b - a).map(([key]) => key);
}
