// Runs a table under tap: one subtest a row.
import t from 'tap';
import { openBench } from './bench.ts';
import { createDevices } from './devices.ts';
import { checkRow } from './check-row.ts';
import { playRow } from './play-row.ts';
import type { Table } from './table.ts';

export { checkRow } from './check-row.ts';

/** Importing own-netns.ts first is the caller's part. */
export function runTable(...tables: readonly Table[]): void {
  createDevices();
  for (const table of tables) runRows(table);
}

function runRows(table: Table): void {
  const bench = openBench(table.hook, table.constants, table.tiny);
  t.teardown(() => bench[Symbol.dispose]());
  for (const row of table.rows) {
    t.test(`${table.hook}: ${table.title}: ${row.name}`, t => {
      checkRow(t, table, row, playRow(bench, table, row));
      t.end();
    });
  }
}
