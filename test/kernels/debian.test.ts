// The objects load, and every packet table holds, on the kernel of this Debian release, whatever the machine's own is.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { judge } from '../support/bpf/run-table.ts';
import type { Table } from '../support/bpf/table.ts';
import { TABLES } from '../bpf/tables/all.ts';
import { packImage, unpackedKernel } from './image.ts';
import { runGuest } from './machine.ts';
import { whyNotRow, whyNotTable } from './old-kernel.ts';
import { reportsIn, type TableReport } from './report.ts';

t.setTimeout(600_000);

const kernel = unpackedKernel('build/kernels/debian');
const folder = mkdtempSync(join(tmpdir(), 'heddle-kernel-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const [image, reportFile] = [join(folder, 'image.cpio'), join(folder, 'reports')];
await packImage(kernel, image);
const said = await runGuest(kernel, image, reportFile);
const reports = reportsIn(readFileSync(reportFile, 'utf8'));

if (reports.length !== TABLES.length + 1) t.bailout(`the guest did not get to its end: ${said}`);
t.strictSame(reports[0], { kernel: kernel.release }, 'the guest runs that kernel');
const told = new Map(reports.flatMap(report => ('table' in report ? [[report.table, report] as const] : [])));
for (const [index, table] of TABLES.entries())
  t.test(`Linux ${kernel.release}: ${table.hook}: ${table.title}`, t => {
    judgeTable(t, table, told.get(index));
    t.end();
  });

function judgeTable(t: Test, table: Table, report: TableReport | undefined): void {
  const tooNew = whyNotTable(table, kernel.release);
  if (tooNew !== undefined) {
    t.comment(`not asked of it: it has no ${tooNew}`);
    t.match(report?.refusal, /./, 'it does not load, in words');
    return;
  }
  t.equal(report?.refusal, undefined, 'it loads');
  for (const [i, row] of table.rows.entries()) {
    const played = report?.rows[i];
    if (whyNotRow(table, row, kernel.release) !== undefined) continue;
    t.test(row.name, t => {
      if (played === undefined) t.fail('the guest did not say what became of it');
      else judge(t, table, row, played);
      t.end();
    });
  }
}
