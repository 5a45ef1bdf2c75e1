// The rows of hd_route, decoded.
import { cidrContains, cidrPrefixLength, hostCidr, parseAddr, parseCidr } from 'ip';
import { RouteFlag, RouteKind, type Route, type RouteKey } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { routeCidr, routeKey } from '../../../loader/tables/route-key.ts';
import { byAddress } from '../output/by-address.ts';
import type { Names } from './names.ts';
import { enumName } from '../output/enum-names.ts';

export interface RouteRow {
  readonly prefix: string;
  readonly vni: number;
  /** local, overlay or direct. */
  readonly kind: string;
  readonly nodeId: number;
  readonly node?: string;
  /** The owner's underlay address. */
  readonly tunnel?: string;
  /** Overlay: this node's underlay address towards it. */
  readonly source?: string;
  /** Next hop on the underlay; absent: the kernel's FIB decides. */
  readonly nextHop?: string;
  /** Overlay: inner destination MAC. */
  readonly vtepMac?: string;
  /** Largest IP packet that fits, bytes. */
  readonly mtu?: number;
  /** Valid only as the source of tunnel packets and for replies to them. */
  readonly replyOnly: boolean;
}

/** By prefix, IPv4 first. */
export function routeRows(maps: MapSet, names: Names): RouteRow[] {
  const entries = byAddress(maps.hd_route.entries(), ([{ addr }]) => addr);
  return entries.map(([key, route]) => routeRow(key, route, names));
}

/** The longest prefix match of the programs; undefined: the host's stack routes the packet. */
export function routeTo(
  maps: MapSet,
  names: Names,
  { vni, address }: { readonly vni: number; readonly address: string },
): RouteRow | undefined {
  const addr = parseAddr(address);
  if (maps.hd_route.get(routeKey(vni, hostCidr(addr))) === undefined) return undefined;
  const covering = routeRows(maps, names).filter(
    row => row.vni === vni && cidrContains(parseCidr(row.prefix), addr),
  );
  return covering.sort((a, b) => length(b) - length(a))[0];
}

function length({ prefix }: RouteRow): number {
  return cidrPrefixLength(parseCidr(prefix));
}

function routeRow(key: RouteKey, route: Route, names: Names): RouteRow {
  const prefix = routeCidr(key);
  const node = names.nodes.get(route.nodeId);
  return {
    ...{ prefix, vni: key.vni, kind: enumName(RouteKind, route.kind), nodeId: route.nodeId },
    ...(node !== undefined && { node }),
    ...(route.kind !== RouteKind.LOCAL && remoteMembers(route)),
    replyOnly: (route.flags & RouteFlag.REPLY_ONLY) !== 0,
  };
}

function remoteMembers({ kind, tunnel, source, nextHop, vtepMac, mtu }: Route): Partial<RouteRow> {
  return {
    ...{ tunnel, mtu },
    ...(kind === RouteKind.OVERLAY && { source, vtepMac }),
    ...(!isZero(nextHop) && { nextHop }),
  };
}

/** The zero address means "none" in the map. */
function isZero(address: string): boolean {
  return address === '::' || address === '0.0.0.0';
}
