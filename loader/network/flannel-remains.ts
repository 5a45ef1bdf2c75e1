// What flannel has left on a node, found piece by piece: devices, routes, rules and files that are flannel's beyond doubt.
import { cidrContains, cidrOfPrefix, parseAddr } from 'ip';
import {
  deleteLink,
  deleteRoute,
  isRtnetlinkError,
  type Link,
  listAddresses,
  listLinks,
  listRoutes,
  PROTOCOL,
  type Route,
  type RtnetlinkSocket,
} from 'rtnetlink';
import { findFlannelFiles, readFlannelFiles, type FlannelFiles, type FlannelPaths } from './flannel-files.ts';
import { FLANNEL_VTEP } from './flannel-names.ts';
import { findFlannelRules } from './flannel-rules.ts';
import { exactly } from './host-routes.ts';
import type { Nft } from './nft.ts';
import type { Remain } from './remain.ts';

export interface FlannelRemains {
  /** In the order in which they go. */
  readonly remains: readonly Remain[];
  /** Why nothing should be removed now: one sentence each. */
  readonly obstacles: readonly string[];
  /** What looks like a network's and is not flannel's, or cannot be looked at: one sentence each. */
  readonly left: readonly string[];
}

export async function findFlannelRemains(
  socket: RtnetlinkSocket,
  nft: Nft,
  paths: FlannelPaths,
): Promise<FlannelRemains> {
  const files = readFlannelFiles(paths);
  const links = listLinks(socket);
  const bridge = links.find(({ name, kind }) => name === files.bridge && kind === 'bridge');
  const isOurs = bridge !== undefined && isFlannelBridge(socket, bridge, { links, files });
  const rules = await findFlannelRules(nft);
  return {
    remains: [
      ...(isOurs ? [linkRemain(socket, bridge, "the bridge of flannel's pods")] : []),
      ...links.filter(isVtep).map(link => linkRemain(socket, link, vtepText(link))),
      ...flannelRoutes(socket, files).map(route => routeRemain(socket, route)),
      ...rules.remains,
      ...findFlannelFiles(files, paths),
    ],
    obstacles: isOurs ? podsOn(bridge, links) : [],
    left: [
      ...(bridge === undefined || isOurs ? [] : [unknownBridge(bridge)]),
      ...rules.left,
      ...calicoLinks(links),
      ...files.foreign,
    ],
  };
}

function isVtep({ name, kind }: Link): boolean {
  return kind === 'vxlan' && FLANNEL_VTEP.test(name);
}

function vtepText({ vxlan }: Link): string {
  return `flannel's VXLAN device, VNI ${vxlan?.vni ?? 0}, UDP port ${vxlan?.port ?? 0}`;
}

/**
 * Other networks have a cni0, too. flannel's has an address of the subnet that flannel wrote down or, after a reboot of
 * flannel's file, of the prefix that begins with its VTEP's address.
 */
function isFlannelBridge(
  socket: RtnetlinkSocket,
  bridge: Link,
  { links, files }: { readonly links: readonly Link[]; readonly files: FlannelFiles },
): boolean {
  const own = listAddresses(socket, bridge.index).filter(({ scope }) => scope === 'global');
  const vteps = links.filter(isVtep).flatMap(({ index }) => listAddresses(socket, index));
  return own.some(
    ({ address, prefixLength }) =>
      files.subnets.some(cidr => cidrContains(cidr, parseAddr(address))) ||
      vteps.some(vtep => cidrContains(cidrOfPrefix({ address, prefixLength }), parseAddr(vtep.address))),
  );
}

/** Of the backend host-gw, and of DirectRouting: those of a VTEP go with it. */
function flannelRoutes(socket: RtnetlinkSocket, { networks }: FlannelFiles): Route[] {
  if (networks.length === 0) return [];
  return listRoutes(socket, { protocol: PROTOCOL.boot }).filter(
    ({ destination, nextHops, type }) =>
      type === 'unicast' &&
      nextHops.some(({ via, onLink }) => via !== undefined && !onLink) &&
      networks.some(cidr => cidrContains(cidr, parseAddr(destination.address))),
  );
}

/** Deleting the bridge cuts them off. */
function podsOn(bridge: Link, links: readonly Link[]): string[] {
  const pods = links.filter(({ master }) => master === bridge.index).length;
  if (pods === 0) return [];
  return [`${bridge.name} has ${pods} interfaces of pods: drain the node first, or cut them off by --force`];
}

function linkRemain(socket: RtnetlinkSocket, { index, name }: Link, what: string): Remain {
  const remove = (): void => unlessGone('ENODEV', () => deleteLink(socket, index));
  return { subject: name, what, isInTheWay: true, remove };
}

function routeRemain(socket: RtnetlinkSocket, route: Route): Remain {
  return {
    subject: `route to ${cidrOfPrefix(route.destination)}`,
    what: `via ${route.nextHops[0]?.via ?? ''}, into flannel's network`,
    remove: () => unlessGone('ESRCH', () => deleteRoute(socket, exactly(route))),
  };
}

function unlessGone(code: 'ENODEV' | 'ESRCH', act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!isRtnetlinkError(error, code)) throw error;
  }
}

function unknownBridge({ name }: Link): string {
  return `${name} is a bridge, and has no address of flannel's: it stays`;
}

/** Canal's pods are on Calico's devices. */
function calicoLinks(links: readonly Link[]): string[] {
  const count = links.filter(({ name }) => name.startsWith('cali')).length;
  return count === 0
    ? []
    : [`${count} devices cali… are of Calico's pods: they stay, and go with their pods`];
}
