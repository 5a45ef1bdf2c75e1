// heddlectl service: Services as the programs have them.
import type { Command } from 'commander';
import { isIpv4, tryParseAddr } from 'ip';
import { DEFAULT_NAMESPACE } from '../../../loader/model/kinds.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { printObject, printRows } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import { readNames } from './names.ts';
import { withMaps } from './pinned.ts';
import { drainingRows, serviceRows, type BackendRow, type ServiceRow } from './service-rows.ts';

interface ShownService extends ServiceRow {
  /** Backends whose flows drain. */
  readonly draining: readonly BackendRow[];
}

const columns: readonly Column<ServiceRow>[] = [
  { title: 'SERVICE', text: row => row.service ?? `#${row.id}` },
  { title: 'FRONTEND', text: frontend },
  { title: 'BACKENDS', text: row => String(row.backends.length), align: 'right' },
  { title: 'AFFINITY', text: row => (row.affinityS === 0 ? '' : `${row.affinityS} s`), align: 'right' },
];

export function addServiceCommands(program: Command): void {
  const service = program.command('service').description('Services, with their backends');
  service
    .command('list')
    .description('list all addresses and ports of Services')
    .action(async (_flags: unknown, command: Command) => {
      const target = targetOf(command);
      const names = await readNames(target);
      const rows = await withMaps(target, maps => serviceRows(maps, names));
      printRows(formatOf(command), rows, columns, 'no services');
    });
  service
    .command('show <service>')
    .description('show one Service with its backends, by NAMESPACE/NAME, by its address, or by #NUMBER')
    .action(async (query: string, _flags: unknown, command: Command) => {
      const found = await findServices(query, command);
      printObject(formatOf(command), found, () => found.flatMap(describe));
    });
}

async function findServices(query: string, command: Command): Promise<ShownService[]> {
  const target = targetOf(command);
  const names = await readNames(target);
  const address = tryParseAddr(query);
  const name = query.includes('/') ? query : `${DEFAULT_NAMESPACE}/${query}`;
  const isMeant = (row: ServiceRow): boolean =>
    address === undefined ? row.service === name || `#${row.id}` === query : row.address === address;
  const found = await withMaps(target, maps =>
    serviceRows(maps, names)
      .filter(isMeant)
      .map(row => ({ ...row, draining: drainingRows(maps, names, row.id) })),
  );
  if (found.length > 0) return found;
  const hint = "'heddlectl service list' lists all; names are known while heddled runs";
  throw new Error(`no Service is '${query}': ${hint}`);
}

function frontend({ address, port, protocol }: ServiceRow): string {
  return `${host(address)}:${port}/${protocol}`;
}

function host(address: string): string {
  return isIpv4(address) ? address : `[${address}]`;
}

function describe(row: ShownService): string[] {
  const line = ({ address, port, condition, pod }: BackendRow): string =>
    ['   ', `${host(address)}:${port}`, condition ?? '', pod ?? ''].filter(each => each !== '').join(' ');
  return [
    `${frontend(row)}  ${row.service ?? ''} #${row.id}, list ${row.backendSet}`,
    ...(row.affinityS === 0 ? [] : [`    affinity ${row.affinityS} s`]),
    ...(row.backends.length === 0 ? ['    no backend: new flows are rejected'] : row.backends.map(line)),
    ...row.draining.map(line),
  ];
}
