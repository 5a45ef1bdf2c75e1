// heddlectl route: which node owns which prefix, and how it is reached, as hd_route has it.
import type { Command } from 'commander';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { readNames } from './names.ts';
import { printRows } from '../output/output.ts';
import { withMaps } from './pinned.ts';
import { routeRows, type RouteRow } from './route-rows.ts';
import type { Column } from '../output/table.ts';

const columns: readonly Column<RouteRow>[] = [
  { title: 'PREFIX', text: row => row.prefix },
  { title: 'KIND', text: row => row.kind },
  { title: 'NODE', text: row => row.node ?? `#${row.nodeId}` },
  { title: 'TUNNEL', text: row => (row.kind === 'overlay' ? (row.tunnel ?? '') : '') },
  { title: 'NEXT HOP', text: row => row.nextHop ?? '' },
  { title: 'MTU', text: row => (row.mtu === undefined ? '' : String(row.mtu)), align: 'right' },
  { title: 'FOR', text: row => (row.answerOnly ? 'answers' : 'all') },
];

export function addRouteCommands(program: Command): void {
  const route = program.command('route').description('prefixes, and how their nodes are reached');
  route
    .command('list')
    .alias('show')
    .description('every route that the datapath knows')
    .action(async (_flags: unknown, command: Command) => {
      const target = targetOf(command);
      const names = await readNames(target);
      printRows(formatOf(command), await withMaps(target, maps => routeRows(maps, names)), columns);
    });
}
