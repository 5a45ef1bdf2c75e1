// Desired rows of hd_route: the node that owns a prefix, and the path to it.
import { type Cidr, cidrAddr, cidrPrefixBits, hostCidr, isIpv4Cidr } from 'ip';
import { nodeIdOf, type ResolvedInput } from './tables-input.ts';
import { NO_ADDR, NO_MAC, type RouteFlagName, type RouteRow } from './table-rows.ts';
import { announcedAddressesOf } from './node-addresses.ts';
import { podDeviceMtu, type NodePath } from './node-path.ts';
import type { NodeObject } from './objects.ts';

const VNI_BITS = 32;

export interface RouteRows {
  readonly rows: readonly RouteRow[];
  readonly problems: readonly string[];
}

export function routeRows(world: ResolvedInput): RouteRows {
  const rows = localRows(world);
  const problems: string[] = [];
  const isKnown = world.cluster.nodes.has(world.self.name); // else that is the problem, and not each other node
  for (const node of world.nodes.slice(1)) {
    const paths = world.paths.get(node.name);
    for (const { prefix, flags } of prefixesOf(node)) {
      const path = paths?.[isIpv4Cidr(prefix) ? 'ipv4' : 'ipv6'];
      if (path !== undefined) rows.push(remoteRow(world, node, prefix, { path, flags }));
      else if (flags.length === 0 && isKnown) problems.push(unreachable(world, node, prefix));
    }
  }
  return { rows, problems };
}

function localRows(world: ResolvedInput): RouteRow[] {
  const { self, origin } = world;
  const value = {
    kind: 'ROUTE_LOCAL',
    flags: [],
    mtu: podDeviceMtu(origin),
    nodeId: nodeIdOf(world, self.name),
    ...{ ifindex: 0, tunnel: NO_ADDR, source: NO_ADDR, nextHop: NO_ADDR, vtepMac: NO_MAC },
  } as const;
  return self.podCidrs.map(prefix => ({ key: keyOf(world, prefix), value, prefix, node: self.name }));
}

/** The node's pod CIDRs, and its own addresses, which are reply-only. */
function prefixesOf(node: NodeObject): { prefix: Cidr; flags: readonly RouteFlagName[] }[] {
  return [
    ...node.podCidrs.map(prefix => ({ prefix, flags: [] })),
    ...announcedAddressesOf(node)
      .map(hostCidr)
      .map(prefix => ({ prefix, flags: ['ROUTE_REPLY_ONLY'] as const })),
  ];
}

function remoteRow(
  world: ResolvedInput,
  node: NodeObject,
  prefix: Cidr,
  { path, flags }: { path: NodePath; flags: readonly RouteFlagName[] },
): RouteRow {
  const value = {
    kind: path.kind === 'overlay' ? 'ROUTE_OVERLAY' : 'ROUTE_DIRECT',
    flags,
    mtu: path.mtu,
    nodeId: nodeIdOf(world, node.name),
    ifindex: path.ifindex,
    tunnel: path.tunnel,
    source: path.kind === 'overlay' ? path.source : NO_ADDR,
    nextHop: path.nextHop ?? NO_ADDR,
    vtepMac: path.kind === 'overlay' ? path.vtepMac : NO_MAC,
  } as const;
  return { key: keyOf(world, prefix), value, prefix, node: node.name };
}

function keyOf({ tunnel }: ResolvedInput, prefix: Cidr): RouteRow['key'] {
  return {
    prefixBits: VNI_BITS + cidrPrefixBits(prefix),
    vni: tunnel.vni,
    addr: cidrAddr(prefix),
  };
}

function unreachable({ tunnel }: ResolvedInput, node: NodeObject, prefix: Cidr): string {
  const missing =
    tunnel.encapsulation === 'never'
      ? `an InternalIP of the family of ${prefix}, which plain routing needs`
      : 'a tunnel address of a family that this node has too';
  return `node ${node.name} cannot be reached for ${prefix}: it has not announced ${missing}`;
}
