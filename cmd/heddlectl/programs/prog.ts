// heddlectl prog: the pinned programs.
import type { Command } from 'commander';
import { listPinnedPrograms, type PinnedProgram } from '../../../loader/programs/pinned-programs.ts';
import type { MapName } from '../../../loader/abi/abi.gen.ts';
import { MAP_NAMES, type MapSet } from '../../../loader/abi/map-set.ts';
import { HeddleError } from '../../../loader/errors.ts';
import { withMaps } from '../tables/pinned.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { printRows } from '../output/output.ts';
import type { Column } from '../output/table.ts';

interface ProgramRow extends PinnedProgram {
  /** Names of its maps; `#7`: one that is not pinned, such as its constants. */
  readonly maps: readonly string[];
}

const columns: readonly Column<ProgramRow>[] = [
  { title: 'PROGRAM', text: row => row.hook },
  { title: 'ID', text: row => String(row.id), align: 'right' },
  { title: 'TAG', text: row => row.tag },
  { title: 'VERIFIED', text: row => String(row.verifiedInstructions), align: 'right' },
  { title: 'RUNS', text: row => (row.runCount === 0n ? '-' : String(row.runCount)), align: 'right' },
  { title: 'NS/RUN', text: nsPerRun, align: 'right' },
  { title: 'MAPS', text: row => String(row.maps.length), align: 'right' },
  { title: 'NAMES OF MAPS', text: row => row.maps.join(' '), wide: true },
];

export function addProgCommands(program: Command): void {
  const prog = program.command('prog').description('the BPF programs');
  prog
    .command('list')
    .alias('show')
    .description('list the pinned programs; runs are counted while sysctl kernel.bpf_stats_enabled is 1')
    .action(async (_flags: unknown, command: Command) => {
      const { pinRoot } = targetOf(command);
      const rows = await programRows(pinRoot);
      printRows(formatOf(command), rows, columns, `no programs are pinned under ${pinRoot}`);
    });
}

async function programRows(pinRoot: string): Promise<ProgramRow[]> {
  const programs = listPinnedPrograms(pinRoot);
  if (programs.length === 0) return [];
  const names = await withMaps({ pinRoot }, maps => new Map(MAP_NAMES.flatMap(name => idOf(maps, name))));
  return programs.map(program => ({
    ...program,
    maps: program.mapIds.map(id => names.get(id) ?? `#${id}`),
  }));
}

/** None of a map that is not pinned, or of another build. */
function idOf(maps: MapSet, name: MapName): (readonly [number, MapName])[] {
  try {
    return [[maps[name].info.id, name]];
  } catch (error) {
    if (error instanceof HeddleError) return [];
    throw error;
  }
}

function nsPerRun({ runCount, runTimeNs }: PinnedProgram): string {
  return runCount === 0n ? '-' : String(runTimeNs / runCount);
}
