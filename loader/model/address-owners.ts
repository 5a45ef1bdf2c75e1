// Which node each address of a node belongs to: one only, whatever the objects say.
import type { Addr } from './addr.ts';
import { announcedAddressesOf, overlayAddressesOf } from './node-addresses.ts';
import type { NodeObject } from './objects.ts';

export interface AddressOwners {
  readonly owners: ReadonlyMap<Addr, string>;
  /** One sentence for each address that two nodes claim. */
  readonly problems: readonly string[];
}

/** The first of `nodes` that claims an address wins; `more` are further addresses of the first node. */
export function claimNodeAddresses(nodes: readonly NodeObject[], more: readonly Addr[]): AddressOwners {
  const owners = new Map<Addr, string>();
  const problems: string[] = [];
  for (const [i, node] of nodes.entries())
    for (const addr of new Set([...(i === 0 ? more : []), ...nodeAddressesOf(node)])) {
      const owner = owners.get(addr);
      if (owner === undefined) owners.set(addr, node.name);
      else if (owner !== node.name)
        problems.push(`address ${addr} of node ${node.name} is ignored: it belongs to node ${owner}`);
    }
  return { owners, problems };
}

/** Everything that reaches the node itself, its overlay device's addresses included. */
export function nodeAddressesOf(node: NodeObject): readonly Addr[] {
  return [...overlayAddressesOf(node.podCidrs), ...announcedAddressesOf(node)];
}
