// How long each test file took on an idle machine: the order of the next run, and each file's time limit.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FileOutcome } from './test-file.ts';

/** Checked in, since a fresh clone has run nothing yet: seconds by file. */
export const RECORDED = 'test/durations.json';
/** What the files took when they ran last; `cp` it over RECORDED after runs of all on an idle machine. */
export const MEASURED = 'build/test/durations.json';

const MIN_LIMIT_S = 300;
const MAX_LIMIT_S = 86_400;
/** Of what an idle machine needs. */
const LIMIT_FACTOR = 10;

export type Durations = Readonly<Record<string, number>>;

export function recordedDurations(): Durations {
  return JSON.parse(readFileSync(RECORDED, 'utf8')) as Durations;
}

function measuredDurations(): Durations {
  return existsSync(MEASURED) ? (JSON.parse(readFileSync(MEASURED, 'utf8')) as Durations) : {};
}

/** FILE_TIMEOUT_S in the environment sets one for all files. */
export function limitMsOf(file: string, durations: Durations): number {
  const set = process.env['FILE_TIMEOUT_S'] ?? '';
  if (set !== '') return secondsIn(set) * 1_000;
  return Math.max(MIN_LIMIT_S, LIMIT_FACTOR * (durations[file] ?? 0)) * 1_000;
}

function secondsIn(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= MAX_LIMIT_S) return seconds;
  throw new RangeError(`FILE_TIMEOUT_S cannot be '${text}': use seconds, 1 to ${MAX_LIMIT_S}`);
}

export function writeMeasured(outcomes: readonly FileOutcome[]): void {
  const seconds = new Map(Object.entries(measuredDurations()));
  for (const { file, durationMs } of outcomes) seconds.set(file, Math.round(durationMs / 100) / 10);
  const sorted = [...seconds].sort(([a], [b]) => (a < b ? -1 : 1));
  mkdirSync(dirname(MEASURED), { recursive: true });
  writeFileSync(MEASURED, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
}

const CPU_FILES_SHOWN = 12;

/** Lines for people: CPU time is what makes a run of many files long. */
export function mostCpu(outcomes: readonly FileOutcome[]): string[] {
  const counted = outcomes.flatMap(({ file, cpuSeconds: seconds }) =>
    seconds === undefined ? [] : [{ file, seconds }],
  );
  if (counted.length <= CPU_FILES_SHOWN) return [];
  const total = counted.reduce((sum, { seconds }) => sum + seconds, 0);
  const most = counted.sort((a, b) => b.seconds - a.seconds).slice(0, CPU_FILES_SHOWN);
  return [
    `CPU time ${total.toFixed(0)} s, the most by`,
    ...most.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${file}`),
  ];
}
