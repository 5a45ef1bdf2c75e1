// Every packet table on a kernel: the guest plays the rows, the host checks them as its own.
import type { Test } from 'tap';
import { unpackedKernel, type UnpackedKernel } from '../../scripts/debian/unpacked-kernel.ts';
import { TABLES } from '../bpf/tables/all.ts';
import { checkRow } from '../support/bpf/run-table.ts';
import type { Table } from '../support/bpf/table.ts';
import { NETWORK_MODULES } from './guest-files.ts';
import type { GuestImage } from './image.ts';
import { runGuest } from './machine.ts';
import { whyNotRow, whyNotTable } from './old-kernel.ts';
import type { TableReport } from './report.ts';

const GUEST: GuestImage = {
  entry: 'test/kernels/guest-tables.ts',
  programs: [],
  built: ['bpf'],
  modules: NETWORK_MODULES,
  patience: 1,
  limitCpuSeconds: 2_000,
};

/** Boots it, and adds a subtest for each table. */
export async function testTables(t: Test, series: string): Promise<void> {
  const kernel = unpackedKernel(series);
  const { reports, console } = await runGuest(kernel, GUEST);
  if (reports.length !== TABLES.length + 1) {
    t.fail(`Linux ${kernel.release}: the guest did not get to its end`, { console: console.slice(-4_000) });
    return;
  }
  t.strictSame(reports[0], { kernel: kernel.release }, 'the guest runs that kernel');
  const told = new Map(
    reports.flatMap(report => ('table' in report ? [[report.table, report] as const] : [])),
  );
  for (const [index, table] of TABLES.entries())
    t.test(`Linux ${kernel.release}: ${table.hook}: ${table.title}`, t => {
      judgeTable(t, table, kernel, told.get(index));
      t.end();
    });
}

function judgeTable(
  t: Test,
  table: Table,
  { release }: UnpackedKernel,
  report: TableReport | undefined,
): void {
  const tooNew = whyNotTable(table, release);
  if (tooNew !== undefined) {
    t.comment(`not asked of it: it has no ${tooNew}`);
    t.match(report?.refusal, /./, 'it does not load, in words');
    return;
  }
  t.equal(report?.refusal, undefined, 'it loads');
  for (const [i, row] of table.rows.entries()) {
    const played = report?.rows[i];
    if (whyNotRow(table, row, release) !== undefined) continue;
    t.test(row.name, t => {
      if (played === undefined) t.fail('the guest did not say what became of it');
      else checkRow(t, table, row, played);
      t.end();
    });
  }
}
