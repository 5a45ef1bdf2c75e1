// Output formats: aligned columns (also wide), one line of JSON (-j), indented JSON (-p, -o json), YAML (-o yaml).
import { type DataFormat, dataText } from './data.ts';
import { renderTable, type Column } from './table.ts';
import { harmless } from './colour.ts';
import { print } from './terminal.ts';
import { terminalWidth } from './terminal-width.ts';
import { fold } from './wrap.ts';

/** `wide`: as `table`, with the columns that a narrow screen has no room for, and without line breaks in cells. */
export type Format = 'table' | 'wide' | DataFormat;

export function isText(format: Format): format is 'table' | 'wide' {
  return format === 'table' || format === 'wide';
}

/** Prints rows as a table, or as they are in JSON and YAML; `none` is printed in place of an empty table. */
export function printRows<Row>(
  format: Format,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  none = 'nothing to list',
): void {
  if (!isText(format)) print(dataText(format, rows));
  else print(rows.length === 0 ? none : tableText(format, rows, columns));
}

/** Prints one object; `lines` are its text. */
export function printObject(format: Format, object: unknown, lines: () => readonly string[]): void {
  const width = format === 'wide' ? Number.POSITIVE_INFINITY : terminalWidth();
  if (isText(format)) print(fold(harmless(lines().join('\n')), width));
  else print(dataText(format, object));
}

function tableText<Row>(
  format: 'table' | 'wide',
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): string {
  if (format === 'wide') return renderTable(rows, columns);
  const narrow = columns.filter(({ wide }) => wide !== true);
  return renderTable(rows, narrow, terminalWidth());
}
