// VXLAN packets as the tables write them: what node 1 sends into a tunnel, and what comes out of another's.
import { IPV4, IPV6, MAC, OVERLAY6_NODE, VNI, TUNNEL_TTL, VXLAN_PORT } from '../../support/bpf/cluster.ts';
import { isIpv6 } from '../../support/packet/address.ts';
import { eth, type IpOptions, type Packet } from '../../support/packet/packet.ts';

/** Outer fields that the kernel fills or that a hash chooses. */
export const OUTER_ANYTHING = [
  'ethernet source',
  'ethernet destination',
  'udp sourcePort',
  'ipv4 id',
] as const;

/** `inner` without Ethernet: its IP packet as it is inside the tunnel. */
export function intoTunnel(to: string, inner: Packet, outer: IpOptions = {}): Packet {
  const from = isIpv6(to) ? IPV6.own : IPV4.own;
  const options = { ttl: TUNNEL_TTL, ...outer };
  return eth(MAC.uplink, MAC.remoteUplink)
    .ip(from, to, options)
    .udp(0, VXLAN_PORT, undefined, { checksum: 0 })
    .vxlan(VNI, eth(MAC.overlay, MAC.remoteOverlay).with(inner));
}

export interface Tunnel {
  readonly from?: string;
  readonly to?: string;
  readonly vni?: number;
  readonly outer?: IpOptions;
  /** Of the outer UDP header: 0 unless given. */
  readonly checksum?: 0 | 'correct';
  readonly flags?: number;
  readonly port?: number;
}

/** `inner`: an IP packet without Ethernet, as the overlay node of the cluster sends it to node 1. */
export function outOfTunnel(inner: Packet, tunnel: Tunnel = {}): Packet {
  const { from = IPV4.overlayNode, to = from.includes(':') ? IPV6.own : IPV4.own } = tunnel;
  return eth(MAC.remoteUplink, MAC.uplink)
    .ip(from, to, tunnel.outer)
    .udp(50_000, tunnel.port ?? VXLAN_PORT, undefined, { checksum: tunnel.checksum ?? 0 })
    .vxlan(tunnel.vni ?? VNI, eth(MAC.remoteOverlay, MAC.overlay).with(inner), {
      flags: tunnel.flags ?? 0x08,
    });
}

/** Tunnel ends of both families, each with the pod it leads to. */
export const TUNNELS = [
  { outer: 'IPv4', to: IPV4.overlayNode, pod: 'remotePod' },
  { outer: 'IPv6', to: OVERLAY6_NODE, pod: 'pod6' },
] as const;
