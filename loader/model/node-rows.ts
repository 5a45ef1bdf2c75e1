// Desired rows of hd_node: peers whose tunnel packets are accepted, and this node's underlay addresses.
import type { Addr } from 'ip';
import { nodeIdOf, type ResolvedInput } from './tables-input.ts';
import { NO_MAC, type NodeRow } from './table-rows.ts';
import { uplinkAddresses } from './node-facts.ts';
import { uplinkOnLink } from './node-path.ts';
import { tunnelAddressesOf, underlayAddressesOf } from './node-addresses.ts';
import type { NodeObject } from './objects.ts';

export function nodeRows(world: ResolvedInput): NodeRow[] {
  return [...localRows(world), ...world.nodes.slice(1).flatMap(node => remoteRows(world, node))];
}

function localRows(world: ResolvedInput): NodeRow[] {
  const { self, facts } = world;
  const addresses = new Set([...uplinkAddresses(facts), ...underlayAddressesOf(self)]);
  return [...addresses].map(addr => ({
    key: { addr },
    value: { id: nodeIdOf(world, self.name), mac: NO_MAC, flags: ['NODE_LOCAL'] },
    node: self.name,
  }));
}

function remoteRows(world: ResolvedInput, node: NodeObject): NodeRow[] {
  const tunnels = tunnelAddressesOf(node);
  return underlayAddressesOf(node).map(addr => {
    const mac = neighbourMac(world, addr);
    const flags = [
      ...(tunnels.includes(addr) ? (['NODE_TUNNEL'] as const) : []),
      ...(mac === undefined ? [] : (['NODE_MAC_KNOWN'] as const)),
    ];
    const value = { id: nodeIdOf(world, node.name), mac: mac ?? NO_MAC, flags };
    return { key: { addr }, value, node: node.name };
  });
}

/** Only for on-link nodes: frames of others have a router's source MAC. */
function neighbourMac({ facts }: ResolvedInput, addr: Addr): NodeRow['value']['mac'] | undefined {
  return uplinkOnLink(addr, facts)?.neighbours.get(addr);
}
