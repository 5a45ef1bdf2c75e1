// Runs in the guest as its only program: plays every row of every table, and tells the host what became of it.
import { release } from 'node:os';
import { openBench, type Bench } from '../support/bpf/bench.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { playRow } from '../support/bpf/play-row.ts';
import type { Table } from '../support/bpf/table.ts';
import { TABLES } from '../bpf/tables/all.ts';
import { tell, type TableReport } from './report.ts';

/** Of tables that want the same: an emulated machine's verifier takes a second for each. */
const benches = new Map<string, Bench>();

tell({ kernel: release() });
createDevices();
for (const [index, table] of TABLES.entries()) tell({ table: index, ...playTable(table) });

function playTable(table: Table): Omit<TableReport, 'table'> {
  try {
    const bench = benchFor(table);
    return { rows: table.rows.map(row => playRow(bench, table, row)) };
  } catch (error) {
    return { rows: [], refusal: error instanceof Error ? error.message : String(error) };
  }
}

function benchFor({ hook, constants, tiny }: Table): Bench {
  const key = JSON.stringify([hook, constants, tiny]);
  const bench = benches.get(key) ?? openBench(hook, constants, tiny);
  benches.set(key, bench);
  return bench;
}
