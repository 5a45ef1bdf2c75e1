// CNI CHECK: compares a pod's links, addresses, routes and neighbours with what ADD made.
import { type Family, familyOf, hostPrefix } from 'ip';
import {
  getLink,
  type InterfaceAddress,
  isRtnetlinkError,
  type Link,
  listAddresses,
  listNeighbours,
  listRoutes,
  type Neighbour,
  openSocket,
  type Route,
  type RtnetlinkSocket,
} from 'rtnetlink';
import { HeddleError } from '../errors.ts';
import { DEFAULT_NAMES } from './names.ts';
import { gatewaysFor } from './pod-gateway.ts';
import { NO_NETNS, type PodInterface } from './pod-interface.ts';
import { diffPodNeighbours } from './pod-routes.ts';

/** Kernel state of one end of the veth pair. */
export interface PodEndState {
  readonly link: Link | undefined;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly Route[];
  readonly neighbours: readonly Neighbour[];
  /** Families whose default route in the main table another network has. */
  readonly otherDefaults?: ReadonlySet<Family>;
}

/** What later plugins of a chain may have changed. */
export interface Allowance {
  /** `tuning` lowers it. */
  readonly lowerMtu?: boolean;
}

/** One sentence for each difference. */
export function checkPod(socket: RtnetlinkSocket, pod: PodInterface, { lowerMtu }: Allowance = {}): string[] {
  const host = readEnd(socket, pod.hostInterface);
  const inside = readPodEnd(pod);
  if (inside === undefined) return [`the network namespace ${pod.netns} does not exist`];
  const mtu = lowerMtu === true ? Math.min(pod.mtu, inside.link?.mtu ?? pod.mtu) : pod.mtu;
  return [
    ...hostDifferences(pod, host),
    ...podDifferences({ ...pod, mtu }, inside),
    ...pairDifferences(pod, host, inside),
  ];
}

function readPodEnd(pod: PodInterface): PodEndState | undefined {
  try {
    using socket = openSocket({ netns: pod.netns });
    const end = readEnd(socket, pod.ifname);
    return { ...end, otherDefaults: otherDefaults(socket, end.link?.index) };
  } catch (cause) {
    if (isRtnetlinkError(cause, 'EINVAL', ...NO_NETNS)) return undefined;
    throw new HeddleError('IO', `${pod.netns} cannot be read`, { cause });
  }
}

/** ADD leaves the default route to the network that came first, and a later one (multus's default-route) may take it over. */
function otherDefaults(socket: RtnetlinkSocket, own: number | undefined): ReadonlySet<Family> {
  const others = listRoutes(socket).filter(
    ({ destination, type, nextHops }) =>
      destination.prefixLength === 0 && type === 'unicast' && nextHops.every(({ index }) => index !== own),
  );
  return new Set(others.map(({ family }) => family));
}

function readEnd(socket: RtnetlinkSocket, name: string): PodEndState {
  const link = getLink(socket, name);
  if (link === undefined) return { link, addresses: [], routes: [], neighbours: [] };
  return {
    link,
    addresses: listAddresses(socket, link.index),
    routes: listRoutes(socket, { index: link.index, table: 'any' }), // the plugin sbr moves routes to another one
    neighbours: listNeighbours(socket, link.index),
  };
}

export function podDifferences(pod: PodInterface, actual: PodEndState): string[] {
  const { link } = actual;
  const where = `interface ${pod.ifname} in ${pod.netns}`;
  if (link === undefined) return [`there is no ${where}`];
  const missing = pod.addresses.filter(addr => !actual.addresses.some(one => one.address === addr));
  return [
    ...linkDifferences(where, link, { mac: pod.podMac, mtu: pod.mtu }),
    ...missing.map(addr => `${where} lacks the address ${addr}`),
    ...gatewaysFor(pod.addresses).flatMap(gateway => gatewayDifferences(where, gateway, actual, pod)),
  ];
}

function gatewayDifferences(
  where: string,
  gateway: string,
  actual: PodEndState,
  pod: PodInterface,
): string[] {
  const family = familyOf(gateway);
  const hasDefault = actual.routes.some(
    route =>
      route.family === family &&
      route.destination.prefixLength === 0 &&
      route.nextHops.some(hop => hop.via === gateway),
  );
  const isElsewhere = actual.otherDefaults?.has(family) === true;
  const neighbour = actual.neighbours.find(entry => entry.address === gateway);
  return [
    ...(hasDefault || isElsewhere ? [] : [`${where} has no default route via ${gateway}`]),
    ...(neighbour?.mac === pod.gatewayMac
      ? []
      : [`${where} has no neighbour entry ${gateway} with ${pod.gatewayMac}`]),
  ];
}

export function hostDifferences(pod: PodInterface, actual: PodEndState): string[] {
  const { link } = actual;
  const where = `interface ${pod.hostInterface} on the host`;
  if (link === undefined) return [`there is no ${where}`];
  const protocol = pod.routeProtocol ?? DEFAULT_NAMES.routeProtocol;
  const hasRoute = (address: string, bits: number) =>
    actual.routes.some(
      route =>
        route.protocol === protocol &&
        route.destination.address === address &&
        route.destination.prefixLength === bits,
    );
  const unrouted = pod.addresses.filter(addr => !hasRoute(addr, hostPrefix(addr).prefixLength));
  const local = { ifindex: link.index, mac: pod.podMac, addresses: pod.addresses };
  const unknown = diffPodNeighbours([local], actual.neighbours).missing.flatMap(one => one.addresses);
  return [
    ...linkDifferences(where, link, { mac: pod.gatewayMac, mtu: pod.mtu }),
    ...unrouted.map(addr => `the host has no route to ${addr} by ${pod.hostInterface}`),
    ...unknown.map(addr => `the host has no neighbour entry ${addr} with ${pod.podMac}`),
  ];
}

function linkDifferences(
  where: string,
  link: Link,
  spec: { readonly mac: string; readonly mtu: number },
): string[] {
  return [
    ...(link.up ? [] : [`${where} is down`]),
    ...(link.mac === spec.mac ? [] : [`${where} has the MAC ${link.mac ?? 'none'} instead of ${spec.mac}`]),
    ...(link.mtu === spec.mtu ? [] : [`${where} has the MTU ${link.mtu} instead of ${spec.mtu}`]),
  ];
}

/** Both interfaces may exist without being one veth pair. */
function pairDifferences(pod: PodInterface, host: PodEndState, inside: PodEndState): string[] {
  if (host.link === undefined || inside.link === undefined) return [];
  if (host.link.peer === inside.link.index && inside.link.peer === host.link.index) return [];
  return [`${pod.hostInterface} is not the other end of ${pod.ifname} in ${pod.netns}`];
}
