// What the unit tests run of each folder, in per cent of its lines, beside what they ran when test/coverage.json was written.
import { dirname } from 'node:path';
import type { LinesOf } from './covered-lines.ts';

/** Per cent, by folder. */
export type Coverage = Readonly<Record<string, number>>;

export interface Comparison {
  /** A line for each folder that is lower. */
  readonly lower: readonly string[];
  /** Folders whose floor can be raised. */
  readonly higher: readonly string[];
}

/** Random cases and the order of events move a line or two. */
const TOLERANCE = 0.5;
const WORTH_RAISING = 1;
export const TOTAL = 'all';

/** Of each folder that holds files, and of all of them; one decimal. */
export function coverageOf(sources: LinesOf, covered: LinesOf): Coverage {
  const sums = new Map<string, { run: number; all: number }>();
  for (const [path, lines] of sources) {
    const hasRun = covered.get(path) ?? new Set<number>();
    const run = [...lines].filter(line => hasRun.has(line)).length;
    for (const folder of [dirname(path), TOTAL]) {
      const sum = sums.get(folder) ?? { run: 0, all: 0 };
      sums.set(folder, { run: sum.run + run, all: sum.all + lines.size });
    }
  }
  const shares = [...sums].map(([folder, { run, all }]) => [folder, perCent(run, all)] as const);
  return Object.fromEntries(shares.sort(([a], [b]) => a.localeCompare(b)));
}

/** A folder without a floor has 0; one that is gone asks for nothing. */
export function compareCoverage(coverage: Coverage, floor: Coverage): Comparison {
  const folders = Object.entries(coverage);
  const floorOf = (folder: string): number => floor[folder] ?? 0;
  return {
    lower: folders
      .filter(([folder, share]) => share < floorOf(folder) - TOLERANCE)
      .map(([folder, share]) => `unit tests run ${share} % of ${folder}, and ran ${floorOf(folder)} %`),
    higher: folders
      .filter(([folder, share]) => share >= floorOf(folder) + WORTH_RAISING)
      .map(([folder]) => folder),
  };
}

function perCent(run: number, all: number): number {
  return all === 0 ? 100 : Math.round((run / all) * 1_000) / 10;
}
