// Facts about this node, read from the kernel, from which the tables are computed.
import type { Addr, Cidr, Mac } from 'ip';

export interface NodeFacts {
  readonly nodeName: string;
  /** Where several lead to a node, the first of them does. */
  readonly uplinks: readonly [UplinkFacts, ...UplinkFacts[]];
  /** Index of the overlay device. */
  readonly overlayIfindex: number;
}

export interface UplinkFacts {
  readonly ifindex: number;
  /** Largest IP packet, bytes. */
  readonly mtu: number;
  /** Its own global addresses, in the kernel's order. */
  readonly addresses: readonly Addr[];
  /** On-link prefixes. */
  readonly connected: readonly Cidr[];
  /** Routers of its default routes that are in none of these; absent: none. */
  readonly defaultGateways?: readonly Addr[];
  /** Routers towards underlay addresses that are not on-link, from the kernel's FIB. */
  readonly gateways: ReadonlyMap<Addr, Addr>;
  /** IPv6 path MTUs to tunnel ends that the kernel has learnt to be less than `mtu`; absent: none. */
  readonly pathMtus?: ReadonlyMap<Addr, number>;
  /** MACs of underlay neighbours that the kernel has resolved. */
  readonly neighbours: ReadonlyMap<Addr, Mac>;
}

/** This node's own addresses on the underlay, as the kernel has them. */
export function uplinkAddresses({ uplinks }: Pick<NodeFacts, 'uplinks'>): readonly Addr[] {
  return uplinks.flatMap(({ addresses }) => addresses);
}

export interface TunnelSettings {
  /** `cross-subnet`: plain to on-link nodes, encapsulated to all others. */
  readonly encapsulation: 'always' | 'cross-subnet' | 'never';
  /** Family of the outer headers; `auto`: IPv4 if both ends have it. */
  readonly family: 'auto' | 'ipv4' | 'ipv6';
  /** VXLAN network identifier. */
  readonly vni: number;
}
