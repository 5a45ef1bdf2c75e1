// Tables of plain text: columns as wide as their widest cell, two spaces between them, cells wrapped where a line is too long.
import { colour } from './colour.ts';
import { oneLine } from '../../../loader/config/printable.ts';
import { cellsOf, padEnd, padStart } from './cells.ts';
import { fittingWidths, longestWord, sum, wrap } from './wrap.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'right';
  /** Only with `-o wide`. */
  readonly wide?: true;
  /** Colours a padded cell: colour codes would change its width. */
  readonly tint?: (row: Row, text: string) => string;
}

const GAP = '  ';
/** Cells of a column in which words are broken: most names and addresses of IPv4 stay whole. */
const LEAST = 16;

/**
 * A header line and one line per row, without trailing blanks; empty for no rows. A row of which a line would be longer
 * than `width` takes several: the widest cells are broken between words, and where that is not enough, within long ones.
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width = Number.POSITIVE_INFINITY,
): string {
  if (rows.length === 0) return '';
  const cells = rows.map(row => columns.map(column => oneLine(column.text(row))));
  const titles = columns.map(({ title }) => title);
  const widths = widthsOf(titles, cells, width - GAP.length * (columns.length - 1));
  const pad = (text: string, i: number): string => {
    if (columns[i]?.align === 'right') return padStart(text, widths[i] ?? 0);
    return i === columns.length - 1 ? text : padEnd(text, widths[i] ?? 0);
  };
  const lines = rows.flatMap((row, number) =>
    linesOf(cells[number] ?? [], widths).map(parts => {
      const padded = parts.map(pad);
      return trimmed(padded.map((text, i) => columns[i]?.tint?.(row, text) ?? text));
    }),
  );
  return [colour.bold(trimmed(titles.map(pad))), ...lines].join('\n');
}

function widthsOf(titles: readonly string[], cells: readonly string[][], available: number): number[] {
  const most = (measure: (text: string) => number, preset: (title: string) => number): number[] =>
    titles.map((title, i) =>
      cells.reduce((width, line) => Math.max(width, measure(line[i] ?? '')), preset(title)),
    );
  const natural = most(cellsOf, cellsOf);
  if (sum(natural) <= available) return natural;
  const whole = most(longestWord, cellsOf);
  const fitting = fittingWidths(natural, whole, available);
  if (sum(fitting) <= available) return fitting;
  const least = whole.map((word, i) => Math.max(Math.min(word, LEAST), cellsOf(titles[i] ?? '')));
  return fittingWidths(fitting, least, available);
}

/** The lines of one row: its cells, each broken to its width. */
function linesOf(row: readonly string[], widths: readonly number[]): string[][] {
  const broken = row.map((text, i) => wrap(text, widths[i] ?? 0));
  const height = Math.max(...broken.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) => broken.map(parts => parts[at] ?? ''));
}

function trimmed(texts: readonly string[]): string {
  return texts.join(GAP).trimEnd();
}
