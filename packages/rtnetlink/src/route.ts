// Routes of both families.
import { addressAttribute, attribute, nestedAttribute, optional, u32Attribute } from './attribute.ts';
import { FAMILIES, type Family, familyOf, inetPton, type Prefix } from 'ip';
import { FAMILY } from './address-family.ts';
import { isRtnetlinkError } from './errors.ts';
import { SCOPE, type Scope } from './interface-address.ts';
import { FLAG, MESSAGE, type RequestSink } from './message.ts';
import { decodeRoute, isNearRoute, type Route } from './route-decode.ts';
import {
  NEXT_HOP_ON_LINK,
  ROUTE_MATCH,
  ROUTE_TYPE,
  type RouteType,
  RTA,
  RTAX_LOCK,
  RTAX_MTU,
  RTMSG_BYTES,
} from './route-constants.ts';
import type { RtnetlinkSocket } from './socket.ts';

export interface NewRoute {
  /** Where to; 0.0.0.0/0 or ::/0 for the default route. */
  readonly destination: Prefix;
  /** The link's index; not needed for types that go nowhere. */
  readonly index?: number;
  /** The next hop's address. */
  readonly via?: string;
  /** The next hop is taken to be on the link, whatever its address. */
  readonly onLink?: boolean;
  /** Preferred source address. */
  readonly source?: string;
  /** Bytes of the largest IP packet on this route. */
  readonly mtu?: number;
  /** It holds for what is forwarded, too (IPv6 asks the device else), and nothing is learnt about the path. */
  readonly mtuLocked?: boolean;
  readonly metric?: number;
  readonly scope?: Scope;
  readonly type?: RouteType;
  /** Who made it (RTPROT_*, 0–255): the mark by which one's own routes are found again; 4 ('static') by default. */
  readonly protocol?: number;
  /** 254, the main table, by default. */
  readonly table?: number;
}

export const MAIN_TABLE = 254;
const RTPROT_STATIC = 4;

/** EEXIST if there is a route to the same destination with the same metric. */
export function addRoute(sink: RequestSink, route: NewRoute): void {
  submitRoute(sink, route, { type: MESSAGE.newRoute, flags: FLAG.create | FLAG.exclusive, verb: 'add' });
}

/** Takes the place of a route to the same destination with the same metric. */
export function replaceRoute(sink: RequestSink, route: NewRoute): void {
  submitRoute(sink, route, { type: MESSAGE.newRoute, flags: FLAG.create | FLAG.replace, verb: 'replace' });
}

/** ESRCH if no route matches all that is given. */
export function deleteRoute(sink: RequestSink, route: NewRoute): void {
  submitRoute(sink, route, { type: MESSAGE.deleteRoute, flags: 0, verb: 'delete' });
}

export interface RouteFilter {
  readonly family?: Family;
  /** Absent: the main table. */
  readonly table?: number | 'any';
  readonly protocol?: number;
  readonly index?: number;
  /** Only default routes and those without a next hop: the others (a BGP table) are not decoded. */
  readonly isNear?: boolean;
}

/** The routes that match, of the main table unless another is given. Cloned and cached ones are left out. */
export function listRoutes(socket: RtnetlinkSocket, filter: RouteFilter = {}): Route[] {
  const families = filter.family === undefined ? FAMILIES : [filter.family];
  return families
    .flatMap(family => listFamily(socket, family, filter))
    .filter(route => matches(route, filter));
}

/** What the kernel answers to a look-up: of a blackhole, and of a route that prohibits. */
const REFUSED = ['EINVAL', 'EACCES'] as const;

/** The kernel's choice for a destination, or undefined if it is unreachable or refused. */
export function lookupRoute(socket: RtnetlinkSocket, destination: string): Route | undefined {
  return routeOrError(socket, destination, 0).route;
}

/** Whether a blackhole or a route that prohibits stands before every way to the destination. */
export function isRouteRefused(socket: RtnetlinkSocket, destination: string): boolean {
  return isRtnetlinkError(routeOrError(socket, destination, 0).error, ...REFUSED);
}

/** The route that the kernel would choose, with its own prefix; undefined where none leads to the destination. */
export function matchRoute(socket: RtnetlinkSocket, destination: string): Route | undefined {
  return routeOrError(socket, destination, ROUTE_MATCH).route;
}

/** An error that says why there is none; any other is thrown. */
function routeOrError(
  socket: RtnetlinkSocket,
  destination: string,
  flags: number,
): { readonly route?: Route; readonly error?: unknown } {
  const header = Buffer.alloc(RTMSG_BYTES);
  const bits = inetPton(destination);
  header.writeUInt8(FAMILY[familyOf(destination)], 0);
  header.writeUInt8(bits.length * 8, 1);
  header.writeUInt32LE(flags, 8);
  const body = [header, attribute(RTA.destination, bits)];
  try {
    const context = { operation: 'look up route to', subject: destination };
    const message = socket.get({ type: MESSAGE.getRoute, flags: 0, body, ...context });
    return message === undefined ? {} : { route: decodeRoute(message) };
  } catch (error) {
    if (isRtnetlinkError(error, 'ENETUNREACH', 'EHOSTUNREACH', ...REFUSED)) return { error };
    throw error;
  }
}

function listFamily(socket: RtnetlinkSocket, family: Family, filter: RouteFilter): Route[] {
  const header = Buffer.alloc(RTMSG_BYTES);
  header.writeUInt8(FAMILY[family], 0);
  header.writeUInt8(filter.protocol ?? 0, 5);
  const { table = MAIN_TABLE } = filter;
  const body = [
    header,
    ...optional(table === 'any' ? undefined : table, number => u32Attribute(RTA.table, number)),
    ...optional(filter.index, index => u32Attribute(RTA.outputLink, index)),
  ];
  const context = { operation: `list ${family} routes of`, subject: `table ${table}` };
  try {
    const messages = socket.dump({ type: MESSAGE.getRoute, flags: 0, body, ...context });
    return (filter.isNear === true ? messages.filter(isNearRoute) : messages).map(decodeRoute);
  } catch (error) {
    // The table was never used: as good as empty.
    if (isRtnetlinkError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Kernels without strict checking answer with more than was asked for. */
function matches(route: Route, filter: RouteFilter): boolean {
  const { table = MAIN_TABLE } = filter;
  return (
    (table === 'any' || route.table === table) &&
    !route.cloned &&
    (filter.protocol === undefined || route.protocol === filter.protocol) &&
    (filter.index === undefined || route.nextHops.some(hop => hop.index === filter.index))
  );
}

function submitRoute(
  sink: RequestSink,
  route: NewRoute,
  how: { readonly type: number; readonly flags: number; readonly verb: string },
): void {
  sink.submit({
    type: how.type,
    flags: how.flags,
    body: routeBody(route, how.type),
    operation: `${how.verb} route to`,
    subject: `${route.destination.address}/${route.destination.prefixLength}`,
  });
}

function routeBody(route: NewRoute, messageType: number): Buffer[] {
  const { address, prefixLength } = route.destination;
  return [
    routeHeader(route, messageType),
    ...(prefixLength === 0 ? [] : [addressAttribute(RTA.destination, address)]),
    ...optional(route.via, via => nextHopAttribute(familyOf(address), via)),
    ...optional(route.index, index => u32Attribute(RTA.outputLink, index)),
    ...optional(route.source, source => addressAttribute(RTA.preferredSource, source)),
    ...optional(route.metric, metric => u32Attribute(RTA.priority, metric)),
    ...optional(route.mtu, mtu => nestedAttribute(RTA.metrics, mtuMetrics(mtu, route.mtuLocked === true))),
    u32Attribute(RTA.table, route.table ?? MAIN_TABLE),
  ];
}

function mtuMetrics(mtu: number, isLocked: boolean): Buffer[] {
  return [u32Attribute(RTAX_MTU, mtu), ...(isLocked ? [u32Attribute(RTAX_LOCK, 1 << RTAX_MTU)] : [])];
}

function routeHeader(route: NewRoute, messageType: number): Buffer {
  const header = Buffer.alloc(RTMSG_BYTES);
  const deleting = messageType === MESSAGE.deleteRoute;
  const type = route.type ?? (deleting ? undefined : 'unicast');
  // 'nowhere' matches any scope in a deletion.
  const scope = route.scope ?? (deleting ? 'nowhere' : 'global');
  header.writeUInt8(FAMILY[familyOf(route.destination.address)], 0);
  header.writeUInt8(route.destination.prefixLength, 1);
  header.writeUInt8(route.protocol ?? (deleting ? 0 : RTPROT_STATIC), 5);
  header.writeUInt8(SCOPE[scope], 6);
  header.writeUInt8(type === undefined ? 0 : ROUTE_TYPE[type], 7);
  header.writeUInt32LE(route.onLink === true ? NEXT_HOP_ON_LINK : 0, 8);
  return header;
}

/** An IPv4 route may have an IPv6 next hop (RFC 5549), in an attribute of its own. */
function nextHopAttribute(family: Family, via: string): Buffer {
  const viaFamily = familyOf(via);
  if (viaFamily === family) return addressAttribute(RTA.gateway, via);
  return attribute(RTA.via, Buffer.concat([Uint8Array.of(FAMILY[viaFamily], 0), inetPton(via)]));
}
