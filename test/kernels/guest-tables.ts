// Runs in the guest as its only program: plays every row of every table, and tells the host what became of it.
import { release } from 'node:os';
import { Benches } from '../support/bpf/benches.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { playRow } from '../support/bpf/play-row.ts';
import type { Table } from '../support/bpf/table.ts';
import { TABLES } from '../bpf/tables/all.ts';
import { tell, type TableReport } from './report.ts';

/** An emulated machine's verifier takes a second for each. */
const benches = new Benches();

tell({ kernel: release() });
createDevices();
for (const [index, table] of TABLES.entries()) tell({ table: index, ...playTable(table) });

function playTable(table: Table): Omit<TableReport, 'table'> {
  try {
    const bench = benches.for(table);
    return { rows: table.rows.map(row => playRow(bench, table, row)) };
  } catch (error) {
    return { rows: [], refusal: error instanceof Error ? error.message : String(error) };
  }
}
