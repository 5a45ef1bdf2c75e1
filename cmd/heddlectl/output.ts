// How heddlectl prints: aligned tables for people, one line of JSON for programs (-j), indented JSON for both (-p).
import pc from 'picocolors';

export type Format = 'table' | 'json' | 'pretty';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'right';
}

/** Prints rows as a table, or as they are in JSON. */
export function printRows<Row>(format: Format, rows: readonly Row[], columns: readonly Column<Row>[]): void {
  if (format === 'table') print(renderTable(rows, columns));
  else printJson(format, rows);
}

/** Prints one object: `lines` for people. */
export function printObject(format: Format, object: unknown, lines: () => readonly string[]): void {
  if (format === 'table') print(lines().join('\n'));
  else printJson(format, object);
}

export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map(row => columns.map(column => column.text(row)));
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...cells.map(row => row[i]?.length ?? 0)),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) =>
        columns[i]?.align === 'right' ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const head = line(columns.map(({ title }) => title.toUpperCase()));
  return [pc.bold(head), ...cells.map(line)].join('\n');
}

function printJson(format: Format, value: unknown): void {
  print(JSON.stringify(value, bigintAsNumber, format === 'pretty' ? 2 : undefined));
}

/** Counters stay below 2^53 for centuries; JSON has no other integer. */
function bigintAsNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function print(text: string): void {
  if (text !== '') process.stdout.write(`${text}\n`);
}
