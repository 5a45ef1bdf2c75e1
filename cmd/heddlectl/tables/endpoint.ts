// heddlectl endpoint: the rows of hd_endpoint.
import type { Command } from 'commander';
import { tryParseAddr } from 'ip';
import { colour } from '../output/colour.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { endpointRows, type EndpointRow } from './endpoint-rows.ts';
import { readNames } from './names.ts';
import { printObject, printRows } from '../output/output.ts';
import { withMaps } from './pinned.ts';
import { routeTo, type RouteRow } from './route-rows.ts';
import type { Column } from '../output/table.ts';

interface ShownEndpoint extends EndpointRow {
  /** The route to its address. */
  readonly route?: RouteRow;
}

const columns: readonly Column<EndpointRow>[] = [
  { title: 'ADDRESS', text: row => row.address },
  { title: 'KIND', text: row => row.kind },
  { title: 'POD', text: row => row.pod ?? '' },
  { title: 'NODE', text: row => row.node ?? (row.kind === 'service' ? '' : `#${row.nodeId}`) },
  { title: 'DEVICE', text: row => row.device ?? '' },
  { title: 'MAC', text: row => row.mac ?? '' },
];

export function addEndpointCommands(program: Command): void {
  const endpoint = program.command('endpoint').description('addresses of pods and nodes');
  endpoint
    .command('list')
    .description('list all endpoints')
    .action(async (_flags: unknown, command: Command) => {
      const target = targetOf(command);
      const names = await readNames(target);
      printRows(
        formatOf(command),
        await withMaps(target, maps => endpointRows(maps, names)),
        columns,
        'no endpoints',
      );
    });
  endpoint
    .command('show <endpoint>')
    .description('show one endpoint, by its address or by NAMESPACE/POD')
    .action(async (query: string, _flags: unknown, command: Command) => {
      const found = await findEndpoints(query, command);
      printObject(formatOf(command), found, () => found.flatMap(describe));
    });
}

async function findEndpoints(query: string, command: Command): Promise<ShownEndpoint[]> {
  const target = targetOf(command);
  const names = await readNames(target);
  const address = tryParseAddr(query);
  const found = await withMaps(target, maps =>
    endpointRows(maps, names)
      .filter(row => (address === undefined ? row.pod === query : row.address === address))
      .map(row => ({ ...row, ...routeMember(routeTo(maps, names, row)) })),
  );
  if (found.length > 0) return found;
  const what = address === undefined ? 'pod' : 'address';
  throw new Error(`no endpoint has the ${what} '${query}': 'heddlectl endpoint list' lists all`);
}

function routeMember(route: RouteRow | undefined): { readonly route?: RouteRow } {
  return route === undefined ? {} : { route };
}

function describe(row: ShownEndpoint): string[] {
  const { address, route, ...facts } = row;
  const lines = Object.entries(facts)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([name, value]) => `  ${name.padEnd(9)} ${String(value)}`);
  const via = route === undefined ? [] : [`  ${'route'.padEnd(9)} ${describeRoute(route)}`];
  return [colour.bold(address), ...lines, ...via];
}

function describeRoute({ prefix, kind, tunnel, nextHop }: RouteRow): string {
  const to = kind === 'overlay' && tunnel !== undefined ? ` to ${tunnel}` : '';
  return `${prefix} ${kind}${to}${nextHop === undefined ? '' : ` via ${nextHop}`}`;
}
