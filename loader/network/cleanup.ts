// Removes Heddle's links, routes and nftables rules from a namespace.
import { cidrOfPrefix } from 'ip';
import {
  deleteLink,
  deleteRoute,
  isRtnetlinkError,
  type Link,
  listLinks,
  listRoutes,
  type RtnetlinkSocket,
} from 'rtnetlink';
import { type Change, change } from '../model/change.ts';
import { removeFirewallRules } from './firewall.ts';
import { exactly } from './host-routes.ts';
import { removeMasquerade } from './masquerade.ts';
import { isProbe } from './kernel-vxlan.ts';
import { carriesMark, DEFAULT_NAMES, type NetworkNames } from './names.ts';
import type { Nft } from './nft.ts';
import { podOwnerOf } from './pod-links.ts';

export interface OwnObjects {
  readonly names: NetworkNames;
  /** Devices that programs were attached to, by index. */
  readonly pinned: ReadonlySet<number>;
}

/** Idempotent. */
export async function cleanNetwork(
  socket: RtnetlinkSocket,
  nft: Nft,
  own: OwnObjects = { names: DEFAULT_NAMES, pinned: new Set() },
): Promise<Change[]> {
  const { names } = own;
  return [
    ...removeRoutes(socket, names),
    ...removeLinks(socket, own),
    ...(await removeFirewallRules(nft, names)),
    ...(await removeMasquerade(nft, names.nftTable)),
  ];
}

/** Pure: Heddle's links are recognised by kind, alias, and name or programs together: a device may have been renamed. */
export function isOurLink(link: Link, { names, pinned }: OwnObjects): boolean {
  if (!carriesMark(link.alias, names.mark)) return false;
  if (pinned.has(link.index)) return link.kind === 'vxlan' || link.kind === 'veth';
  if (link.name === names.overlayDevice) return link.kind === 'vxlan' || link.kind === 'veth';
  return link.kind === 'veth' && link.name.startsWith(names.hostInterfacePrefix);
}

function removeRoutes(socket: RtnetlinkSocket, names: NetworkNames): Change[] {
  const routes = listRoutes(socket, { protocol: names.routeProtocol });
  const batch = socket.batch();
  for (const route of routes) deleteRoute(batch, exactly(route));
  throwUnlessGone(batch.settle(), 'ESRCH');
  return routes.map(route => change(`route to ${cidrOfPrefix(route.destination)}`, 'removed'));
}

/** The kernel removes their neighbours and routes. */
function removeLinks(socket: RtnetlinkSocket, own: OwnObjects): Change[] {
  const links = listLinks(socket).filter(link => isOurLink(link, own) || isProbe(link));
  const batch = socket.batch();
  for (const link of links) deleteLink(batch, link.index);
  throwUnlessGone(batch.settle(), 'ENODEV');
  return links.map(link => change(link.name, removalOf(podOwnerOf(link))));
}

/** Nobody else says that a pod that runs on has no network: its sandbox is ready to the kubelet. */
function removalOf(owner: string | undefined): string {
  if (owner?.startsWith('pod ') !== true) return 'removed';
  return `removed, and with it the network of ${owner}: delete it if it runs, so that it is made anew`;
}

function throwUnlessGone(failures: readonly (Error | undefined)[], gone: 'ESRCH' | 'ENODEV'): void {
  const failure = failures.find(error => error !== undefined && !isRtnetlinkError(error, gone));
  if (failure !== undefined) throw failure;
}
