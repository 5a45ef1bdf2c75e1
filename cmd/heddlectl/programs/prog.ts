// heddlectl prog: the pinned programs.
import type { Command } from 'commander';
import { listPinnedPrograms, type PinnedProgram } from '../../../loader/programs/pinned-programs.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { printRows } from '../output/output.ts';
import type { Column } from '../output/table.ts';

const columns: readonly Column<PinnedProgram>[] = [
  { title: 'PROGRAM', text: row => row.hook },
  { title: 'ID', text: row => String(row.id), align: 'right' },
  { title: 'TAG', text: row => row.tag },
  { title: 'VERIFIED', text: row => String(row.verifiedInstructions), align: 'right' },
  { title: 'RUNS', text: row => (row.runCount === 0n ? '-' : String(row.runCount)), align: 'right' },
  { title: 'NS/RUN', text: nsPerRun, align: 'right' },
  { title: 'MAPS', text: row => row.mapIds.join(' ') },
];

export function addProgCommands(program: Command): void {
  const prog = program.command('prog').description('the BPF programs');
  prog
    .command('list')
    .alias('show')
    .description('list the pinned programs; runs are counted while sysctl kernel.bpf_stats_enabled is 1')
    .action((_flags: unknown, command: Command) =>
      printRows(formatOf(command), listPinnedPrograms(targetOf(command).pinRoot), columns),
    );
}

function nsPerRun({ runCount, runTimeNs }: PinnedProgram): string {
  return runCount === 0n ? '-' : String(runTimeNs / runCount);
}
