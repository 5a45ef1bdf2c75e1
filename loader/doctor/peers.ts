// Other nodes and paths to them, from the maps; works without the daemon.
import { type Addr, type Cidr, isIpv4Cidr } from 'ip';
import { NodeFlag, RouteFlag, RouteKind } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { routeCidr } from '../tables/route-key.ts';
import { firstUsableAddr } from '../model/node-addresses.ts';

export interface PeerPath {
  readonly kind: 'overlay' | 'direct';
  /** The peer's underlay address. */
  readonly underlay: Addr;
  /** Address of the peer's overlay device. */
  readonly host: Addr;
  /** Largest IP packet that the path should carry, bytes. */
  readonly mtu: number;
}

export interface Peer {
  readonly name: string;
  /** One path for each underlay address in use. */
  readonly paths: readonly PeerPath[];
}

export function peersOf(maps: MapSet, names: ReadonlyMap<number, string>): Peer[] {
  const local = new Set(
    nodes(maps)
      .filter(isLocal)
      .map(({ id }) => id),
  );
  const ids = [...new Set(nodes(maps).map(({ id }) => id))].filter(id => !local.has(id));
  return ids
    .sort((a, b) => a - b)
    .map(id => ({ name: names.get(id) ?? `node #${id}`, paths: pathsTo(maps, id) }));
}

export function ownCidrsOf(maps: MapSet): Cidr[] {
  const local = [...maps.hd_route.entries()].filter(([, { kind }]) => kind === RouteKind.LOCAL);
  return local.map(([key]) => routeCidr(key));
}

/** Underlay addresses of this node. */
export function ownAddressesOf(maps: MapSet): Addr[] {
  return [...maps.hd_node.entries()].filter(([, node]) => isLocal(node)).map(([{ addr }]) => addr);
}

function nodes(maps: MapSet) {
  return [...maps.hd_node.entries()].map(([, node]) => node);
}

function isLocal({ flags }: { readonly flags: number }): boolean {
  return (flags & NodeFlag.LOCAL) !== 0;
}

/** IPv4 first: pods' families share an underlay address, and one probe per underlay address suffices. */
function pathsTo(maps: MapSet, id: number): PeerPath[] {
  const routes = [...maps.hd_route.entries()].filter(
    ([, route]) => route.nodeId === id && (route.flags & RouteFlag.REPLY_ONLY) === 0,
  );
  const byUnderlay = new Map<Addr, PeerPath>();
  for (const [key, { kind, tunnel, mtu }] of routes.sort(
    ([a], [b]) => rank(routeCidr(a)) - rank(routeCidr(b)),
  )) {
    if (byUnderlay.has(tunnel)) continue;
    const name = kind === RouteKind.OVERLAY ? 'overlay' : 'direct';
    byUnderlay.set(tunnel, { kind: name, underlay: tunnel, host: firstUsableAddr(routeCidr(key)), mtu });
  }
  return [...byUnderlay.values()];
}

function rank(cidr: Cidr): number {
  return isIpv4Cidr(cidr) ? 0 : 1;
}
