// The rows of a run, for people.
import { colour } from '../../cmd/heddlectl/output/colour.ts';
import type { Row } from './run.ts';
import { verdictOf } from './verdict.ts';

const HEAD = [
  'fault',
  'times',
  'packets',
  'connections',
  'allowed lost',
  'denied through',
  'connections broken',
  'leaks',
  'failures',
  'verdict',
] as const;

export function chaosTable(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map(row => (row[column] ?? '').length)));
  return cells.map((row, i) => tinted(row, widths, rows[i - 1])).join('\n');
}

/** Each leak, each failure and each broken flow, in its sentence. */
export function sentences(rows: readonly Row[]): string[] {
  return rows.flatMap(({ fault, losses: { leaks, failures, broken } }) =>
    [...leaks, ...failures, ...broken].map(sentence => `${fault}: ${sentence}`),
  );
}

function cellsOf(row: Row): readonly string[] {
  const { fault, times, losses, traffic } = row;
  const numbers = [
    ...[times, traffic.packets, traffic.connections],
    ...[
      losses.allowedLost,
      losses.deniedThrough,
      losses.connectionsBroken,
      losses.leaks.length,
      losses.failures.length,
    ],
  ];
  return [fault, ...numbers.map(number => number.toLocaleString('en')), verdictOf(row).words];
}

function tinted(cells: readonly string[], widths: readonly number[], row: Row | undefined): string {
  const line = cells
    .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
    .join('  ');
  if (row === undefined) return colour.dim(line);
  return verdictOf(row).isExpected ? line : colour.red(line);
}
