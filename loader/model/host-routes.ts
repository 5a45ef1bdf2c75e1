// Routes that the host's own stack needs: to remote pods, and none of its own pod CIDRs by accident to the default route.
import { isIpv4 } from './addr.ts';
import { isIpv4Cidr, type Cidr } from './cidr.ts';
import type { DataplaneWorld } from './dataplane-input.ts';
import type { HostRoute } from './dataplane-rows.ts';
import { overlayAddressesOf } from './node-addresses.ts';
import { pathTo } from './node-path.ts';
import type { NodeObject } from './objects.ts';

export interface HostRoutes {
  readonly routes: readonly HostRoute[];
  readonly problems: readonly string[];
}

export function hostRoutes(world: DataplaneWorld): HostRoutes {
  const routes: HostRoute[] = [];
  const problems: string[] = [];
  for (const destination of world.self.podCidrs) routes.push({ kind: 'unreachable', destination }); // the pods' own /32 and /128 routes are longer
  for (const node of world.nodes.slice(1))
    for (const destination of node.podCidrs) {
      const route = routeTo(world, node, destination);
      if (typeof route === 'string') problems.push(route);
      else if (route !== undefined) routes.push(route);
    }
  return { routes, problems };
}

/** A sentence when the kernel knows no router that plain packets could be handed to. */
function routeTo(world: DataplaneWorld, node: NodeObject, destination: Cidr): HostRoute | string | undefined {
  const isV4 = isIpv4Cidr(destination);
  const path = pathTo(node, world.origin, isV4 ? 'ipv4' : 'ipv6');
  if (path === undefined) return undefined;
  const source = overlayAddressesOf(world.self.podCidrs).find(addr => isIpv4(addr) === isV4);
  const shared = { destination, ...(source && { source }), mtu: path.mtu };
  const { facts } = world;
  if (path.kind === 'overlay') return { kind: 'overlay', ifindex: facts.overlayIfindex, ...shared };
  const via = path.nextHop ?? path.gateway;
  if (via === undefined)
    return `${destination} of node ${node.name} has no route: none leads to ${path.tunnel}`;
  return { kind: 'direct', ifindex: facts.uplink.ifindex, via, ...shared };
}
