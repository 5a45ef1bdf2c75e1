// Types of desired rows: fields of bpf/abi/*.h in camelCase, enumerators by their C names.
import type { Addr, Cidr, Mac } from 'ip';

export interface Row<Key, Value> {
  readonly key: Key;
  readonly value: Value;
}

export type IfaceKindName = 'IFACE_POD' | 'IFACE_UPLINK';
export type IfaceFlagName = 'IFACE_SLOW_PATH' | 'IFACE_GUARDED';

/** struct iface_key, struct iface. */
export type IfaceRow = Row<
  { readonly ifindex: number },
  {
    readonly kind: IfaceKindName;
    readonly vni: number;
    readonly podId: number;
    readonly mac: Mac;
    readonly flags: readonly IfaceFlagName[];
  }
>;

export type EndpointKindName =
  | 'ENDPOINT_LOCAL_POD'
  | 'ENDPOINT_LOCAL_HOST'
  | 'ENDPOINT_REMOTE_POD'
  | 'ENDPOINT_REMOTE_NODE'
  | 'ENDPOINT_SERVICE';

/** struct endpoint_key, struct endpoint without its identity, which the policy writer adds; `node` and `pod` name the owner. */
export interface EndpointRow extends Row<
  { readonly vni: number; readonly addr: Addr },
  {
    readonly kind: EndpointKindName;
    readonly nodeId: number;
    readonly ifindex: number;
    readonly podId: number;
    readonly mac: Mac;
    readonly flags: readonly IfaceFlagName[];
  }
> {
  readonly node: string;
  readonly pod?: { readonly namespace: string; readonly name: string };
  /** Of a VIP; `node` is empty then. */
  readonly service?: { readonly namespace: string; readonly name: string };
}

export type RouteKindName = 'ROUTE_LOCAL' | 'ROUTE_OVERLAY' | 'ROUTE_DIRECT';
export type RouteFlagName = 'ROUTE_REPLY_ONLY';

/** struct route_key, struct route; `prefix` and `node` describe it in messages. */
export interface RouteRow extends Row<
  { readonly prefixBits: number; readonly vni: number; readonly addr: Addr },
  {
    readonly kind: RouteKindName;
    readonly flags: readonly RouteFlagName[];
    readonly mtu: number;
    readonly nodeId: number;
    readonly ifindex: number;
    readonly tunnel: Addr;
    readonly source: Addr;
    readonly nextHop: Addr;
    readonly vtepMac: Mac;
  }
> {
  readonly prefix: Cidr;
  readonly node: string;
}

export type NodeFlagName = 'NODE_LOCAL' | 'NODE_TUNNEL' | 'NODE_MAC_KNOWN';

/** struct node_key, struct node; `node` is the node's name. */
export interface NodeRow extends Row<
  { readonly addr: Addr },
  { readonly id: number; readonly mac: Mac; readonly flags: readonly NodeFlagName[] }
> {
  readonly node: string;
}

/** A route for the host's stack. */
export interface HostRoute {
  readonly destination: Cidr;
  /** Output device; absent: unreachable. */
  readonly ifindex?: number;
  /** Next hop; absent: the destination is on the link. */
  readonly via?: Addr;
  /** Preferred source address. */
  readonly source?: Addr;
  /** Largest IP packet on the path, bytes; absent: the device's. */
  readonly mtu?: number;
  /** The path's MTU is less than the device's: without the lock, IPv6 forwarding would go by the device's. */
  readonly mtuLocked?: boolean;
}

/** 16 zero bytes: no address. */
export const NO_ADDR = '::' as Addr;
export const NO_MAC = '00:00:00:00:00:00' as Mac;
