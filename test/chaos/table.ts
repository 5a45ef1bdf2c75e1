// The rows of a run, for people.
import { colour } from '../../cmd/heddlectl/colour.ts';
import type { Row } from './run.ts';
import { isNothing } from './toll.ts';

const HEAD = [
  'fault',
  'times',
  'packets',
  'connections',
  'allowed lost',
  'denied through',
  'connections broken',
  'leaks',
] as const;

export function chaosTable(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map(row => (row[column] ?? '').length)));
  return cells.map((row, i) => tinted(row, widths, rows[i - 1])).join('\n');
}

/** Each leak, in its sentence. */
export function leakLines(rows: readonly Row[]): string[] {
  return rows.flatMap(({ fault, toll }) => toll.leaks.map(leak => `${fault}: ${leak}`));
}

function cellsOf({ fault, times, toll, traffic }: Row): readonly string[] {
  const numbers = [
    ...[times, traffic.packets, traffic.connections],
    ...[toll.allowedLost, toll.deniedThrough, toll.connectionsBroken, toll.leaks.length],
  ];
  return [fault, ...numbers.map(number => number.toLocaleString('en'))];
}

function tinted(cells: readonly string[], widths: readonly number[], row: Row | undefined): string {
  const line = cells
    .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
    .join('  ');
  if (row === undefined) return colour.dim(line);
  return isNothing(row.toll) ? line : colour.red(line);
}
