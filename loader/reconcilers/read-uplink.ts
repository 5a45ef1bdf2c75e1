// Reads the uplink from the kernel and applies the configured device and MTU.
import type { RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { announcedAddressesOf, tunnelAddressesOf } from '../model/node-addresses.ts';
import { tunnelEndsTo } from '../model/node-path.ts';
import type { ClusterState } from '../model/objects.ts';
import { readUplink, type Uplink } from '../network/uplink.ts';

/** `previous`: ifindex of the last choice. Throws `INVALID_CONFIG` if there is no such device. */
export function readNodeUplink(
  socket: RtnetlinkSocket,
  config: Config,
  cluster: ClusterState,
  previous?: number,
): Uplink {
  const self = cluster.nodes.get(config.nodeName);
  const others = [...cluster.nodes.values()].filter(node => node.name !== config.nodeName);
  // Only direct routing needs the router towards a node that is not on-link.
  const remotes = config.tunnel.encapsulation === 'never' ? others.flatMap(tunnelAddressesOf) : [];
  const isOverlay = config.tunnel.encapsulation !== 'never' && self !== undefined;
  const ends = isOverlay
    ? others.map(node => tunnelEndsTo(node, { tunnel: config.tunnel, object: self }))
    : [];
  const uplink = readUplink(socket, {
    device: config.uplink === 'auto' ? self?.uplink : config.uplink,
    nodeAddresses: self === undefined ? [] : announcedAddressesOf(self),
    ...{ remotes, previous },
    tunnelEnds: ends.flatMap(end => (end?.family === 'ipv6' ? [end.tunnel] : [])),
  });
  return { ...uplink, mtu: config.mtu === 'auto' ? uplink.mtu : Math.min(config.mtu, uplink.mtu) };
}
