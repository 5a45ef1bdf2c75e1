// A table of a page that a command keeps: rows are replaced by their first cell, all others stay.
import { readFileSync, writeFileSync } from 'node:fs';
import { byNumbers } from '../debian/kernel-packages.ts';

export type Row = readonly [key: string, ...cells: string[]];

const PAGE = 'docs/kernels.md';

/** Rewrites the table below a heading of docs/kernels.md. */
export function recordRows(heading: string, rows: readonly Row[]): void {
  writeFileSync(PAGE, withRows(readFileSync(PAGE, 'utf8'), heading, rows));
}

/** The page with these rows in the first table below the heading, in order of the numbers in their first cells. */
export function withRows(page: string, heading: string, rows: readonly Row[]): string {
  const lines = page.split('\n');
  const from = lines.findIndex(
    (line, i) => line.startsWith('|') && lines.slice(0, i).includes(`## ${heading}`),
  );
  if (from < 0) throw new Error(`the page has no table below '## ${heading}'`);
  const end = lines.findIndex((line, i) => i > from && !line.startsWith('|'));
  const [head, rule, ...old] = lines.slice(from, end < 0 ? undefined : end);
  const byKey = new Map(old.map(line => [keyOf(line), line]));
  for (const row of rows) byKey.set(row[0], `| ${row.join(' | ')} |`);
  const sorted = [...byKey].sort(([a], [b]) => byNumbers(a, b)).map(([, line]) => line);
  return [...lines.slice(0, from), head, rule, ...sorted, ...(end < 0 ? [] : lines.slice(end))].join('\n');
}

function keyOf(line: string): string {
  return line.split('|')[1]?.trim() ?? '';
}
