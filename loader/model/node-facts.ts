// What a node knows of itself when it computes its tables: read from the kernel, handed over as data.
import type { Addr, Cidr, Mac } from 'ip';

export interface NodeFacts {
  readonly nodeName: string;
  readonly uplink: UplinkFacts;
  /** Of the overlay device. */
  readonly overlayIfindex: number;
}

export interface UplinkFacts {
  readonly ifindex: number;
  /** Largest IP packet it carries, bytes. */
  readonly mtu: number;
  /** Its own global addresses, in the kernel's order. */
  readonly addresses: readonly Addr[];
  /** Prefixes whose hosts are its neighbours. */
  readonly connected: readonly Cidr[];
  /** Routers towards other nodes' underlay addresses that are no neighbours, as the kernel's FIB has them. */
  readonly gateways: ReadonlyMap<Addr, Addr>;
  /** What paths to tunnel ends carry over IPv6, where the kernel has heard that it is less than `mtu`; absent: nowhere. */
  readonly pathMtus?: ReadonlyMap<Addr, number>;
  /** MACs of underlay neighbours, as far as the kernel has resolved them. */
  readonly neighbours: ReadonlyMap<Addr, Mac>;
}

export interface TunnelSettings {
  /** `cross-subnet` is plain to neighbours of the uplink, encapsulated to all others. */
  readonly encapsulation: 'always' | 'cross-subnet' | 'never';
  /** Of the outer headers; `auto` is IPv4 where both ends have it. */
  readonly family: 'auto' | 'ipv4' | 'ipv6';
  /** VXLAN network identifier. */
  readonly segment: number;
}
