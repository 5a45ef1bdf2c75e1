// Tables of plain text: columns as wide as their widest cell, two spaces between them.
import { colour } from './colour.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'right';
  /** Colours a padded cell: colour codes would change its width. */
  readonly tint?: (row: Row, text: string) => string;
}

const GAP = '  ';

/** A header line and one line per row, without trailing blanks; empty for no rows. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map(row => columns.map(column => column.text(row)));
  const widths = columns.map(({ title }, i) =>
    cells.reduce((width, line) => Math.max(width, line[i]?.length ?? 0), title.length),
  );
  const pad = (text: string, i: number): string => {
    const width = widths[i] ?? 0;
    if (columns[i]?.align === 'right') return text.padStart(width);
    return i === columns.length - 1 ? text : text.padEnd(width);
  };
  const lines = rows.map((row, number) => {
    const padded = (cells[number] ?? []).map(pad);
    return trimmed(padded.map((text, i) => columns[i]?.tint?.(row, text) ?? text));
  });
  return [colour.bold(trimmed(columns.map(({ title }, i) => pad(title, i)))), ...lines].join('\n');
}

function trimmed(texts: readonly string[]): string {
  return texts.join(GAP).trimEnd();
}
