// Results as lines of a table on the terminal.
import { aimedAt, isPaired, isReached, type Result } from './figure.ts';
import { spread } from './statistics.ts';

const HEAD = ['figure', 'ours', 'peer', 'unit', 'result', 'spread', 'aim', ''] as const;

export function resultTable(results: readonly Result[]): string {
  const rows = [HEAD, ...results.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  const isText = [true, false, false, true, false, false, false, true];
  return rows
    .map(row =>
      row
        .map((cell, i) => (isText[i] ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cellsOf(result: Result): readonly string[] {
  const { name, unit, note } = result;
  const values = isPaired(result) ? [short(result.ours), short(result.peer)] : ['', ''];
  return [name, ...values, unit, short(aimedAt(result)), spreadText(result), aimText(result), note];
}

export function spreadText(result: Result): string {
  const runs = isPaired(result) ? result.runs.map(run => run.ratio) : result.runs;
  const [least, most] = spread(runs);
  return `${short(least)}–${short(most)}`;
}

export function aimText(result: Result): string {
  const { aim } = result;
  if (aim === undefined) return '';
  const bound = 'atLeast' in aim ? `≥ ${aim.atLeast}` : `≤ ${aim.atMost}`;
  return `${bound} ${isReached(result) ? 'reached' : 'MISSED'}`;
}

/** Three digits that mean something, and thousands apart. */
export function short(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
