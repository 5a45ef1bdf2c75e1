// Selects the uplink, the device of the underlay, and reads its facts from the kernel.
import { type Addr, type Cidr, cidrContains, cidrOfPrefix, type Mac, parseAddr, parseMac } from 'ip';
import {
  type InterfaceAddress,
  type Link,
  listAddresses,
  listLinks,
  listNeighbours,
  listRoutes,
  lookupRoute,
  type Route,
  type RtnetlinkSocket,
} from 'rtnetlink';
import { HeddleError } from '../errors.ts';
import type { UplinkFacts } from '../model/node-facts.ts';
import { carriesMark, DEFAULT_NAMES } from './names.ts';
import { readPathMtus } from './path-mtu.ts';

export interface Uplink extends UplinkFacts {
  readonly name: string;
  /** Absent on devices without Ethernet headers. */
  readonly mac: Mac | undefined;
  /** XDP in native mode on veth switches TSO off for the peer, so it is never the default there. */
  readonly isVeth: boolean;
  readonly isUp: boolean;
  /** Counter of "packet too big" when `pathMtus` was read; absent: not read. */
  readonly tooBigs?: number;
  /** Why it was kept although nothing says any more that it is the uplink. */
  readonly problem?: string;
}

export interface UplinkSpec {
  /** Name of the configured device; absent: selected automatically. */
  readonly device?: string | undefined;
  /** The node's announced addresses, in order of preference. */
  readonly nodeAddresses: readonly Addr[];
  /** The device that was chosen last; kept while no device is certain. */
  readonly previous?: number | undefined;
  /** Other nodes' underlay addresses whose routes are looked up. */
  readonly remotes?: readonly Addr[];
  /** IPv6 tunnel ends whose path MTUs are looked up, since IPv6 routers do not fragment. */
  readonly tunnelEnds?: readonly Addr[];
}

/** Kernel state from which the uplink is selected. */
export interface LinkState {
  readonly links: readonly Link[];
  readonly addresses: readonly InterfaceAddress[];
  /** Routes of the main table; at least default routes, and those to what is on a link. */
  readonly routes: readonly Route[];
}

/** Throws `INVALID_CONFIG` if there is no such device. */
export function readUplink(socket: RtnetlinkSocket, spec: UplinkSpec): Uplink {
  const state = {
    links: listLinks(socket),
    addresses: listAddresses(socket),
    routes: listRoutes(socket, { isNear: true }),
  };
  const link = chooseUplink(spec, state);
  const problem = keptProblem(spec, link, state);
  const uplink = describeUplink(link, state);
  const isRemote = (addr: Addr) => !uplink.connected.some(cidr => cidrContains(cidr, addr));
  return {
    ...uplink,
    ...(problem !== undefined && { problem }),
    gateways: readGateways(socket, link.index, (spec.remotes ?? []).filter(isRemote)),
    neighbours: readNeighbourMacs(socket, link.index),
    ...readPathMtus(socket, uplink.mtu, spec.tunnelEnds ?? []),
  };
}

/**
 * The configured device; else the device with an announced address, to which other nodes send; else the previous one,
 * since addresses can vanish for a moment (DHCP, systemd-networkd); else the device of the default route, IPv4 before
 * IPv6. A node that announces no address follows the default route.
 */
export function chooseUplink(spec: UplinkSpec, state: LinkState): Link {
  if (spec.device !== undefined) {
    const configured = state.links.find(link => link.name === spec.device);
    if (configured !== undefined) return configured;
    const names = state.links.map(link => link.name).join(', ');
    throw new HeddleError('INVALID_CONFIG', `no device is named '${spec.device}': uplink may be ${names}`);
  }
  const previous = state.links.find(link => link.index === spec.previous)?.index;
  const byRoute = indexOfDefaultRoute(state.routes);
  const guess = spec.nodeAddresses.length > 0 ? (previous ?? byRoute) : (byRoute ?? previous);
  const index = indexOfNodeAddress(spec.nodeAddresses, state) ?? guess;
  const found = state.links.find(link => link.index === index);
  if (found !== undefined) return found;
  throw new HeddleError(
    'INVALID_CONFIG',
    'no device has an address of this node or a default route: name the device of the underlay as uplink',
  );
}

/** A sentence if the device was kept although nothing says any more that it is the uplink. */
export function keptProblem(spec: UplinkSpec, chosen: Link, state: LinkState): string | undefined {
  if (spec.device !== undefined || chosen.index !== spec.previous) return undefined;
  const isCertain =
    indexOfNodeAddress(spec.nodeAddresses, state) !== undefined ||
    (spec.nodeAddresses.length === 0 && indexOfDefaultRoute(state.routes) !== undefined);
  if (isCertain) return undefined;
  const announced = spec.nodeAddresses.join(', ');
  return spec.nodeAddresses.length === 0
    ? `there is no default route any more: the uplink stays ${chosen.name}`
    : `no device has an address of this node (${announced}) any more: the uplink stays ${chosen.name}`;
}

function indexOfNodeAddress(
  nodeAddresses: readonly Addr[],
  { links, addresses }: LinkState,
): number | undefined {
  const candidates = new Set(links.filter(isCandidate).map(link => link.index));
  for (const announced of nodeAddresses) {
    const holder = addresses.find(({ address, index }) => address === announced && candidates.has(index));
    if (holder !== undefined) return holder.index;
  }
  return undefined;
}

/** Not loopback, whose addresses are reached through another device, and not Heddle's own devices. */
function isCandidate(link: Link): boolean {
  return !link.loopback && link.vxlan === undefined && !carriesMark(link.alias, DEFAULT_NAMES.mark);
}

function indexOfDefaultRoute(routes: readonly Route[]): number | undefined {
  const defaults = routes
    .filter(route => route.destination.prefixLength === 0 && route.type === 'unicast')
    .sort((a, b) => (a.family === b.family ? a.metric - b.metric : a.family === 'ipv4' ? -1 : 1));
  return defaults[0]?.nextHops[0]?.index;
}

/** Facts of the selected device. */
export function describeUplink(
  link: Link,
  { addresses, routes }: LinkState,
): Omit<Uplink, 'gateways' | 'neighbours' | 'pathMtus' | 'tooBigs' | 'problem'> {
  const own = addresses.filter(address => address.index === link.index && address.scope === 'global');
  const connected = connectedPrefixes(link.index, routes);
  // A default route that flaps is no other uplink.
  const outside = defaultGateways(link.index, routes).filter(
    addr => !connected.some(cidr => cidrContains(cidr, addr)),
  );
  return {
    name: link.name,
    ifindex: link.index,
    mtu: link.mtu,
    mac: link.mac === undefined ? undefined : parseMac(link.mac),
    isVeth: link.kind === 'veth',
    isUp: link.up,
    addresses: own.map(({ address }) => parseAddr(address)),
    connected,
    ...(outside.length > 0 && { defaultGateways: outside }),
  };
}

/** Link-local and multicast addresses of IPv6. */
const NOT_GLOBAL = /^(fe[89ab]|ff)/;

/** On-link prefixes: routes without a next hop, except link-local and multicast ones. */
function connectedPrefixes(index: number, routes: readonly Route[]): Cidr[] {
  const cidrs = routes
    .filter(route => route.type === 'unicast' && route.destination.prefixLength > 0)
    .filter(route => route.nextHops.some(hop => hop.index === index && hop.via === undefined))
    .filter(route => !NOT_GLOBAL.test(route.destination.address))
    .map(route => cidrOfPrefix(route.destination));
  return [...new Set(cidrs)];
}

function defaultGateways(index: number, routes: readonly Route[]): Addr[] {
  const hops = routes
    .filter(({ destination }) => destination.prefixLength === 0)
    .flatMap(({ nextHops }) => nextHops)
    .filter(hop => hop.index === index);
  const global = hops.flatMap(({ via }) => (via === undefined || NOT_GLOBAL.test(via) ? [] : parseAddr(via)));
  return [...new Set(global)];
}

/** Routers on the uplink towards addresses that are not on-link; addresses routed elsewhere are absent. */
function readGateways(socket: RtnetlinkSocket, ifindex: number, remotes: readonly Addr[]): Map<Addr, Addr> {
  const gateways = new Map<Addr, Addr>();
  for (const remote of remotes) {
    const hop = lookupRoute(socket, remote)?.nextHops[0];
    if (hop?.index === ifindex && hop.via !== undefined) gateways.set(remote, parseAddr(hop.via));
  }
  return gateways;
}

/** MACs that the kernel has resolved on a device. */
function readNeighbourMacs(socket: RtnetlinkSocket, ifindex: number): Map<Addr, Mac> {
  const macs = new Map<Addr, Mac>();
  for (const { address, mac, state } of listNeighbours(socket, ifindex)) {
    const isKnown = state !== 'failed' && state !== 'incomplete' && state !== 'noArp';
    if (mac !== undefined && isKnown) macs.set(parseAddr(address), parseMac(mac));
  }
  return macs;
}
