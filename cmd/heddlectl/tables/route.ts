// heddlectl route: the rows of hd_route.
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
  { title: 'FOR', text: row => (row.replyOnly ? 'replies' : 'all') },
];

export function addRouteCommands(program: Command): void {
  const route = program.command('route').description('routes to prefixes of nodes');
  route
    .command('list')
    .alias('show')
    .description('list all routes')
    .action(async (_flags: unknown, command: Command) => {
      const target = targetOf(command);
      const names = await readNames(target);
      printRows(
        formatOf(command),
        await withMaps(target, maps => routeRows(maps, names)),
        columns,
        'no routes',
      );
    });
}
