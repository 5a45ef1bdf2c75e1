// Desired routes of the host's stack: to remote pods, and unreachable routes that keep own pod CIDRs off the default route.
import { isIpv4, isIpv4Cidr } from 'ip';
import type { ResolvedInput } from './tables-input.ts';
import type { HostRoute } from './table-rows.ts';
import { overlayAddressesOf } from './node-addresses.ts';
import type { NodeFacts } from './node-facts.ts';
import { overlayDeviceMtu, type NodePath } from './node-path.ts';
import { offUnderlay } from './underlay-clash.ts';

export interface HostRoutes {
  readonly routes: readonly HostRoute[];
  readonly problems: readonly string[];
}

export function hostRoutes(world: ResolvedInput): HostRoutes {
  const routes: HostRoute[] = [];
  const problems: string[] = [];
  const deviceMtu = overlayDeviceMtu(world.origin);
  const own = offUnderlay(world.self.podCidrs, world.facts.uplinks);
  const sources = overlayAddressesOf(own);
  // The pods' own routes, /32 and /128, are longer.
  for (const destination of own) routes.push({ destination });
  for (const node of world.nodes.slice(1))
    for (const destination of node.podCidrs) {
      const isV4 = isIpv4Cidr(destination);
      const path = world.paths.get(node.name)?.[isV4 ? 'ipv4' : 'ipv6'];
      if (path === undefined) continue; // reported by routeRows
      const source = sources.find(addr => isIpv4(addr) === isV4);
      const isLess = !isV4 && path.kind === 'overlay' && path.mtu < deviceMtu;
      const shared = { destination, mtu: path.mtu, ...(isLess && { mtuLocked: true as const }) };
      const route = routeAlong(path, world.facts, { ...shared, ...(source && { source }) });
      if (route !== undefined) routes.push(route);
      else
        problems.push(
          `${destination} of node ${node.name} has no route: the kernel has none to ${path.tunnel}`,
        );
    }
  return { routes, problems };
}

/** `undefined` if the kernel has no router towards the node. */
function routeAlong(
  path: NodePath,
  { overlayIfindex }: NodeFacts,
  shared: Omit<HostRoute, 'ifindex' | 'via'>,
): HostRoute | undefined {
  if (path.kind === 'overlay') return { ifindex: overlayIfindex, ...shared };
  const via = path.nextHop ?? path.gateway;
  return via === undefined ? undefined : { ifindex: path.ifindex, via, ...shared };
}
