// What decides which notifications concern this node, from cells; called for each notification.
import type { Addr } from 'ip';
import { tunnelAddressesOf } from '../model/node-addresses.ts';
import type { NodeContext } from './node-context.ts';
import type { RelevantState } from './relevant-events.ts';
import type { NftablesState } from './relevant-nftables.ts';

/** As `firewall` has found its chains. */
export function nftablesState({ config, cells }: NodeContext): () => NftablesState {
  return () => ({ ownTable: config.nftTable, forwardChains: cells.forwardChains.value });
}

/** Lists are computed again only after their cell has been set. */
export function relevantState({ config, cells, localPods }: NodeContext): () => RelevantState {
  let destinations: ReadonlySet<string> = new Set();
  let remotes: readonly Addr[] = [];
  cells.hostRoutes.onChange(() => {
    destinations = new Set(cells.hostRoutes.value?.map(({ destination }) => destination));
  });
  // Only direct routing needs the router towards a node.
  if (config.tunnel.encapsulation === 'never')
    cells.nodes.onChange(() => {
      const nodes = cells.nodes.value;
      remotes = nodes === undefined ? [] : [...nodes.values()].flatMap(tunnelAddressesOf);
    });
  return () => ({
    uplinks: cells.uplinks.value,
    neighbours: cells.neighbours.value,
    ...{ destinations, remotes, localPods: localPods.all },
  });
}
