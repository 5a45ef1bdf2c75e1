// Encodes desired rows as map entries: kinds and flags by name become numbers.
import {
  EndpointKind,
  IfaceFlag,
  IfaceKind,
  NodeFlag,
  RouteFlag,
  RouteKind,
  type MapRows,
} from '../abi/abi.gen.ts';
import type { EndpointRow, IfaceFlagName, IfaceRow, NodeRow, RouteRow } from '../model/table-rows.ts';

export type Entry<Name extends keyof MapRows> = readonly [MapRows[Name]['key'], MapRows[Name]['value']];

const ENDPOINT_KIND = {
  ENDPOINT_LOCAL_POD: EndpointKind.LOCAL_POD,
  ENDPOINT_LOCAL_HOST: EndpointKind.LOCAL_HOST,
  ENDPOINT_REMOTE_POD: EndpointKind.REMOTE_POD,
  ENDPOINT_REMOTE_NODE: EndpointKind.REMOTE_NODE,
  ENDPOINT_SERVICE: EndpointKind.SERVICE,
} as const satisfies Record<EndpointRow['value']['kind'], number>;

const ROUTE_KIND = {
  ROUTE_LOCAL: RouteKind.LOCAL,
  ROUTE_OVERLAY: RouteKind.OVERLAY,
  ROUTE_DIRECT: RouteKind.DIRECT,
} as const satisfies Record<RouteRow['value']['kind'], number>;

const ROUTE_FLAG = { ROUTE_REPLY_ONLY: RouteFlag.REPLY_ONLY } as const;
const IFACE_KIND = {
  IFACE_POD: IfaceKind.POD,
  IFACE_UPLINK: IfaceKind.UPLINK,
} as const satisfies Record<IfaceRow['value']['kind'], number>;
const IFACE_FLAG = {
  IFACE_SLOW_PATH: IfaceFlag.SLOW_PATH,
  IFACE_GUARDED: IfaceFlag.GUARDED,
} as const satisfies Record<IfaceFlagName, number>;
const NODE_FLAG = {
  NODE_LOCAL: NodeFlag.LOCAL,
  NODE_TUNNEL: NodeFlag.TUNNEL,
  NODE_MAC_KNOWN: NodeFlag.MAC_KNOWN,
} as const satisfies Record<NodeRow['value']['flags'][number], number>;

export function ifaceEntry({ key, value }: IfaceRow): Entry<'hd_iface'> {
  return [key, { ...value, kind: IFACE_KIND[value.kind], flags: bits(value.flags, IFACE_FLAG) }];
}

/** `identity`: one per policy bank, as in bpf/abi/policy.h. */
export function endpointEntry(
  { key, value }: EndpointRow,
  identity: readonly number[],
): Entry<'hd_endpoint'> {
  const { kind, flags } = value;
  return [key, { ...value, identity, kind: ENDPOINT_KIND[kind], flags: bits(flags, IFACE_FLAG) }];
}

export function routeEntry({ key, value }: RouteRow): Entry<'hd_route'> {
  return [key, { ...value, kind: ROUTE_KIND[value.kind], flags: bits(value.flags, ROUTE_FLAG) }];
}

export function nodeEntry({ key, value }: NodeRow): Entry<'hd_node'> {
  return [key, { ...value, flags: bits(value.flags, NODE_FLAG) }];
}

function bits<Name extends string>(names: readonly Name[], values: Readonly<Record<Name, number>>): number {
  return names.reduce((sum, name) => sum | values[name], 0);
}
