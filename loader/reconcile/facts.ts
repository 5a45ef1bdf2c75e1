// What the kernel says of this node, gathered into the plain data that the tables are computed from.
import { lookupRoute, type RtnetlinkSocket } from 'rtnetlink';
import type { Addr } from '../model/addr.ts';
import { parseAddr } from '../model/addr.ts';
import { cidrContains } from '../model/cidr.ts';
import { announcedAddressesOf, tunnelAddressesOf } from '../model/node-addresses.ts';
import type { UplinkFacts } from '../model/node-facts.ts';
import type { ClusterState, NodeObject } from '../model/objects.ts';
import { readNeighbourMacs, readUplink, type Uplink } from '../network/uplink.ts';
import type { Config } from '../config.ts';

export interface UplinkReading {
  /** The device as the kernel has it. */
  readonly uplink: Uplink;
  /** The same for the tables: with the MTU that the configuration allows, and what lies behind it. */
  readonly facts: UplinkFacts;
}

/** Reads the uplink, and how the other nodes are reached by it. Throws `INVALID_CONFIG` when there is none. */
export function readUplinkFacts(
  socket: RtnetlinkSocket,
  config: Config,
  cluster: ClusterState,
  self: NodeObject | undefined,
): UplinkReading {
  const uplink = readUplink(socket, {
    device: config.uplink === 'auto' ? self?.uplink : config.uplink,
    nodeAddresses: self === undefined ? [] : announcedAddressesOf(self),
  });
  const mtu = config.mtu === 'auto' ? uplink.mtu : Math.min(config.mtu, uplink.mtu);
  return {
    uplink,
    facts: {
      ...uplink,
      mtu,
      gateways: gatewaysTo(socket, uplink, cluster, config),
      neighbours: readNeighbourMacs(socket, uplink.ifindex),
    },
  };
}

/** Only plain routing asks for the router towards a node that is no neighbour. */
function gatewaysTo(
  socket: RtnetlinkSocket,
  uplink: Uplink,
  cluster: ClusterState,
  config: Config,
): ReadonlyMap<Addr, Addr> {
  const gateways = new Map<Addr, Addr>();
  if (config.tunnel.encapsulation !== 'never') return gateways;
  for (const node of cluster.nodes.values()) {
    for (const addr of node.name === config.nodeName ? [] : tunnelAddressesOf(node)) {
      if (uplink.connected.some(cidr => cidrContains(cidr, addr))) continue;
      const via = lookupRoute(socket, addr)?.nextHops[0]?.via;
      if (via !== undefined) gateways.set(addr, parseAddr(via));
    }
  }
  return gateways;
}
