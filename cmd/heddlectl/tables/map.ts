// heddlectl map: the pinned maps, their usage and their elements.
import type { Command } from 'commander';
import { MAPS, type MapName } from '../../../loader/abi/abi.gen.ts';
import { MAP_NAMES } from '../../../loader/abi/map-set.ts';
import { choiceArgument } from '../invocation/choices.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { dumpColumns, dumpRows } from './map-dump.ts';
import { mapUsage, type MapUsage } from '../../../loader/tables/map-usage.ts';
import { printRows } from '../output/output.ts';
import { withMaps } from './pinned.ts';
import type { Column } from '../output/table.ts';

const columns: readonly Column<MapUsage>[] = [
  { title: 'MAP', text: row => row.name },
  { title: 'ID', text: row => String(row.id), align: 'right' },
  { title: 'TYPE', text: row => row.type },
  { title: 'KEY', text: row => String(row.keyBytes), align: 'right' },
  { title: 'VALUE', text: row => String(row.valueBytes), align: 'right' },
  { title: 'ENTRIES', text: row => String(row.entries ?? ''), align: 'right' },
  { title: 'CAPACITY', text: row => String(row.maxEntries), align: 'right' },
  { title: 'AT UPGRADE', text: row => row.kind },
];

/** Reading a ring buffer consumes its records: use `heddlectl monitor`. */
const DUMPABLE = MAP_NAMES.filter(name => MAPS[name].typeName !== 'RINGBUF');

export function addMapCommands(program: Command): void {
  const map = program.command('map').description('the BPF maps');
  map
    .command('list')
    .alias('show')
    .description('list the pinned maps with their usage')
    .action(async (_flags: unknown, command: Command) => {
      const rows = await withMaps(targetOf(command), maps => MAP_NAMES.map(name => mapUsage(maps, name)));
      printRows(formatOf(command), rows, columns);
    });
  map
    .command('dump')
    .addArgument(choiceArgument('<map>', 'name of the map', DUMPABLE))
    .description('print every element, field by field')
    .action(async (name: MapName, _flags: unknown, command: Command) => {
      const rows = await withMaps(targetOf(command), maps => dumpRows(maps, name));
      printRows(formatOf(command), rows, dumpColumns(name), `${name} has no elements`);
    });
}
