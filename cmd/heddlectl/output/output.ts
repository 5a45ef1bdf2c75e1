// Output formats: aligned columns, one line of JSON (-j), indented JSON (-p).
import { renderTable, type Column } from './table.ts';

export type Format = 'table' | 'json' | 'pretty';

/** Prints rows as a table, or as they are in JSON; `none` is printed in place of an empty table. */
export function printRows<Row>(
  format: Format,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  none?: string,
): void {
  if (format === 'table') print(rows.length === 0 && none !== undefined ? none : renderTable(rows, columns));
  else printJson(format, rows);
}

/** Prints one object; `lines` are its text. */
export function printObject(format: Format, object: unknown, lines: () => readonly string[]): void {
  if (format === 'table') print(lines().join('\n'));
  else printJson(format, object);
}

function printJson(format: Exclude<Format, 'table'>, value: unknown): void {
  print(JSON.stringify(value, jsonValue, format === 'pretty' ? 2 : undefined));
}

/** Counters stay below 2^53 for centuries, and JSON has no other integer; bytes are hex digits. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value;
}

function print(text: string): void {
  if (text !== '') process.stdout.write(`${text}\n`);
}
