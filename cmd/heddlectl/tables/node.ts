// heddlectl node: the nodes of the cluster, from hd_node and hd_route.
import type { Command } from 'commander';
import { NodeFlag, RouteFlag } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { routeCidr } from '../../../loader/tables/route-key.ts';
import { byAddress } from '../output/by-address.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { readNames, type Names } from './names.ts';
import { printRows } from '../output/output.ts';
import { withMaps } from './pinned.ts';
import type { Column } from '../output/table.ts';
import { flagNames } from '../output/enum-names.ts';

interface NodeAddress {
  readonly address: string;
  readonly flags: readonly string[];
  readonly mac?: string;
}

interface NodeRow {
  readonly id: number;
  readonly name?: string;
  readonly local: boolean;
  readonly addresses: readonly NodeAddress[];
  readonly podCidrs: readonly string[];
}

const columns: readonly Column<NodeRow>[] = [
  { title: 'NODE', text: row => row.name ?? `#${row.id}` },
  { title: 'ID', text: row => String(row.id), align: 'right' },
  { title: 'WHERE', text: row => (row.local ? 'this node' : 'remote') },
  { title: 'ADDRESSES', text: row => row.addresses.map(({ address }) => address).join(' ') },
  { title: 'POD CIDRS', text: row => row.podCidrs.join(' ') },
];

export function addNodeCommands(program: Command): void {
  const node = program.command('node').description('nodes of the cluster and their pod CIDRs');
  node
    .command('list')
    .alias('show')
    .description('list all nodes')
    .action(async (_flags: unknown, command: Command) => {
      const target = targetOf(command);
      const names = await readNames(target);
      printRows(
        formatOf(command),
        await withMaps(target, maps => nodeRows(maps, names)),
        columns,
        'no nodes',
      );
    });
}

function nodeRows(maps: MapSet, names: Names): NodeRow[] {
  const addresses = byAddress(maps.hd_node.entries(), ([{ addr }]) => addr);
  const routes = [...maps.hd_route.entries()].filter(([, { flags }]) => (flags & RouteFlag.REPLY_ONLY) === 0);
  const ids = [...new Set(addresses.map(([, { id }]) => id))].sort((a, b) => a - b);
  return ids.map(id => {
    const own = addresses.filter(([, node]) => node.id === id);
    const name = names.nodes.get(id);
    return {
      id,
      ...(name !== undefined && { name }),
      local: own.some(([, { flags }]) => (flags & NodeFlag.LOCAL) !== 0),
      addresses: own.map(([{ addr }, { flags, mac }]) => ({
        address: addr,
        flags: flagNames(NodeFlag, flags),
        ...((flags & NodeFlag.MAC_KNOWN) !== 0 && { mac }),
      })),
      podCidrs: routes.filter(([, route]) => route.nodeId === id).map(([key]) => routeCidr(key)),
    };
  });
}
