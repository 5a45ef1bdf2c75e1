// The host's own networking: what its stack needs so that it carries what the programs leave to it.
import type { RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { claimCidrs } from '../model/cidr-claims.ts';
import type { LocalPod } from '../model/dataplane-input.ts';
import type { HostRoute as DesiredRoute } from '../model/dataplane-rows.ts';
import type { ClusterState } from '../model/objects.ts';
import type { Change } from '../model/change.ts';
import { reconcileFirewall } from '../network/firewall.ts';
import { reconcileHostRoutes, type HostRoute } from '../network/host-routes.ts';
import { reconcileMasquerade, removeMasquerade } from '../network/masquerade.ts';
import { DEFAULT_NAMES, type NetworkNames } from '../network/names.ts';
import type { Nft } from '../network/nft.ts';
import { podRoutes, reconcilePodNeighbours } from '../network/pod-routes.ts';
import { forwardingSysctls, reconcileSysctls } from '../network/sysctls.ts';

/** What of the machine's networking is this install's. */
export function networkNames(config: Config): NetworkNames {
  return { ...DEFAULT_NAMES, overlayDevice: config.overlayDevice, nftTable: config.nftTable };
}

/** Forwarding, routes to pods everywhere, neighbours of local pods. */
export function reconcileRouting(
  socket: RtnetlinkSocket,
  pods: readonly LocalPod[],
  routes: readonly DesiredRoute[],
): Change[] {
  const local = pods.map(({ attachment, ifindex }) => ({
    ifindex,
    mac: attachment.podMac,
    addresses: attachment.addresses,
  }));
  const desired = [...routes.map(toHostRoute), ...local.flatMap(podRoutes)];
  return [
    ...reconcileSysctls(forwardingSysctls(socket), socket.netns),
    ...reconcileHostRoutes(socket, desired, DEFAULT_NAMES.routeProtocol),
    ...reconcilePodNeighbours(socket, local),
  ];
}

function toHostRoute(route: DesiredRoute): HostRoute {
  if (route.kind === 'unreachable') return { destination: route.destination };
  const { destination, ifindex, mtu, mtuLocked } = route;
  return {
    destination,
    ifindex,
    mtu,
    ...(mtuLocked && { mtuLocked }),
    ...(route.kind === 'direct' && { via: route.via }),
    ...(route.source !== undefined && { source: route.source }),
  };
}

export interface FilterWish {
  readonly config: Config;
  readonly uplink: string;
  readonly cluster: ClusterState;
}

/** Masquerade, and room for pods in other people's firewalls. */
export async function reconcileFilters(nft: Nft, { config, uplink, cluster }: FilterWish): Promise<Change[]> {
  const { byNode } = claimCidrs([...cluster.nodes.values()], config.nodeName);
  const ownCidrs = byNode.get(config.nodeName) ?? [];
  const masquerade = {
    uplink,
    ownCidrs,
    clusterCidrs: [...byNode.values()].flat(),
    vxlanPort: config.tunnel.port,
    table: config.nftTable,
  };
  return [
    ...(config.masquerade
      ? await reconcileMasquerade(nft, masquerade)
      : await removeMasquerade(nft, config.nftTable)),
    ...(await reconcileFirewall(nft, { ownCidrs, names: networkNames(config) })),
  ];
}
