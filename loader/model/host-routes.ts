// Routes that the host's own stack needs: to remote pods, and none of its own pod CIDRs by accident to the default route.
import { isIpv4, isIpv4Cidr } from 'ip';
import type { DataplaneWorld } from './dataplane-input.ts';
import type { HostRoute } from './dataplane-rows.ts';
import { overlayAddressesOf } from './node-addresses.ts';
import type { NodeFacts } from './node-facts.ts';
import { overlayDeviceMtu, type NodePath } from './node-path.ts';

type OverlayRoute = Extract<HostRoute, { kind: 'overlay' }>;

export interface HostRoutes {
  readonly routes: readonly HostRoute[];
  readonly problems: readonly string[];
}

export function hostRoutes(world: DataplaneWorld): HostRoutes {
  const routes: HostRoute[] = [];
  const problems: string[] = [];
  const deviceMtu = overlayDeviceMtu(world.origin);
  const sources = overlayAddressesOf(world.self.podCidrs);
  // The pods' own routes, /32 and /128, are longer.
  for (const destination of world.self.podCidrs) routes.push({ kind: 'unreachable', destination });
  for (const node of world.nodes.slice(1))
    for (const destination of node.podCidrs) {
      const isV4 = isIpv4Cidr(destination);
      const path = world.paths.get(node.name)?.[isV4 ? 'ipv4' : 'ipv6'];
      if (path === undefined) continue; // said where the programs' routes are made
      const source = sources.find(addr => isIpv4(addr) === isV4);
      const isLess = !isV4 && path.kind === 'overlay' && path.mtu < deviceMtu;
      const shared = { destination, mtu: path.mtu, ...(isLess && { mtuLocked: true as const }) };
      const route = routeAlong(path, world.facts, { ...shared, ...(source && { source }) });
      if (route !== undefined) routes.push(route);
      else problems.push(`${destination} of node ${node.name} has no route: none leads to ${path.tunnel}`);
    }
  return { routes, problems };
}

/** `undefined` when the kernel knows no router that plain packets could be handed to. */
function routeAlong(
  path: NodePath,
  { overlayIfindex, uplink }: NodeFacts,
  shared: Pick<OverlayRoute, 'destination' | 'source' | 'mtu' | 'mtuLocked'>,
): HostRoute | undefined {
  if (path.kind === 'overlay') return { kind: 'overlay', ifindex: overlayIfindex, ...shared };
  const via = path.nextHop ?? path.gateway;
  return via === undefined ? undefined : { kind: 'direct', ifindex: uplink.ifindex, via, ...shared };
}
