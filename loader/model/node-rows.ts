// hd_node: whose tunnel packets are accepted, and which underlay addresses are this node's.
import { type Addr, cidrContains } from 'ip';
import { nodeIdOf, type DataplaneWorld } from './dataplane-input.ts';
import { NO_MAC, type NodeRow } from './dataplane-rows.ts';
import { tunnelAddressesOf, underlayAddressesOf } from './node-addresses.ts';
import type { NodeObject } from './objects.ts';

export function nodeRows(world: DataplaneWorld): NodeRow[] {
  return [...localRows(world), ...world.nodes.slice(1).flatMap(node => remoteRows(world, node))];
}

function localRows(world: DataplaneWorld): NodeRow[] {
  const { self, facts } = world;
  const addresses = new Set([...facts.uplink.addresses, ...underlayAddressesOf(self)]);
  return [...addresses].map(addr => ({
    key: { addr },
    value: { id: nodeIdOf(world, self.name), mac: NO_MAC, flags: ['NODE_LOCAL'] },
    node: self.name,
  }));
}

function remoteRows(world: DataplaneWorld, node: NodeObject): NodeRow[] {
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

/** Only of a neighbour: further away, a frame's source MAC is some router's. */
function neighbourMac(
  { facts: { uplink } }: DataplaneWorld,
  addr: Addr,
): NodeRow['value']['mac'] | undefined {
  return uplink.connected.some(cidr => cidrContains(cidr, addr)) ? uplink.neighbours.get(addr) : undefined;
}
