// The cluster's nodes without conflicts: what two of them claim belongs to one, and the other is left without it.
import type { Addr } from './addr.ts';
import { claimCidrs } from './cidr-claims.ts';
import { announcedAddressesOf, overlayAddressesOf } from './node-addresses.ts';
import type { NodeObject } from './objects.ts';

export interface SettledNodes {
  /** In the order given, each with only those prefixes and addresses that are its own. */
  readonly nodes: readonly NodeObject[];
  /** Which node each address of a node belongs to, those of overlay devices included. */
  readonly owners: ReadonlyMap<Addr, string>;
  /** One sentence for each claim that is not honoured. */
  readonly problems: readonly string[];
}

/** This node first, the others by their names: who wins depends on nothing else. */
export function nodesInOrder(nodes: ReadonlyMap<string, NodeObject>, own: NodeObject): readonly NodeObject[] {
  const others = [...nodes.values()].filter(node => node.name !== own.name);
  return [own, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/** Addresses go to the first of `nodes` that claims them; `more` are further addresses of the first node. */
export function settleNodes(nodes: readonly NodeObject[], more: readonly Addr[]): SettledNodes {
  const cidrs = claimCidrs(nodes);
  const problems = [...cidrs.problems];
  const owners = new Map<Addr, string>();
  const settled = nodes.map((node, i) => {
    const kept = new Set(cidrs.byNode.get(node.name));
    const podCidrs = node.podCidrs.filter(cidr => kept.delete(cidr)); // each once
    const claims = [...(i === 0 ? more : []), ...overlayAddressesOf(podCidrs), ...announcedAddressesOf(node)];
    for (const addr of new Set(claims)) {
      const owner = claim(owners, addr, node.name);
      if (owner !== node.name)
        problems.push(`address ${addr} of node ${node.name} is ignored: it belongs to node ${owner}`);
    }
    const own = (addr: Addr): boolean => owners.get(addr) === node.name;
    if (podCidrs.length === node.podCidrs.length && claims.every(own)) return node;
    return {
      ...node,
      podCidrs,
      internalAddresses: node.internalAddresses.filter(own),
      externalAddresses: node.externalAddresses.filter(own),
      tunnelAddresses: node.tunnelAddresses.filter(own),
    };
  });
  return { nodes: settled, owners, problems };
}

/** Answers the owner: the name, or who was there before. */
function claim(owners: Map<Addr, string>, addr: Addr, name: string): string {
  const owner = owners.get(addr) ?? name;
  owners.set(addr, owner);
  return owner;
}
