// Reconciles the host's routes to pods and pod CIDRs. A protocol number marks them; other routes are not touched.
import { prefixOf } from 'ip';
import {
  addRoute,
  deleteRoute,
  isRtnetlinkError,
  listRoutes,
  type NewRoute,
  replaceRoute,
  type Route,
  type RtnetlinkError,
  type RtnetlinkSocket,
} from 'rtnetlink';
import { type Change, change } from '../model/change.ts';
import type { HostRoute } from '../model/table-rows.ts';

export interface RouteDiff {
  /** New routes, and replacements of `instead`. */
  readonly set: readonly { readonly route: HostRoute; readonly instead?: Route }[];
  readonly remove: readonly Route[];
}

export interface RouteSync {
  readonly changes: readonly Change[];
  /** One sentence for each route that the kernel refused; the others are set. */
  readonly problems: readonly string[];
}

/** Makes the main table's routes of this protocol exactly the desired ones. */
export function reconcileHostRoutes(
  socket: RtnetlinkSocket,
  desired: readonly HostRoute[],
  protocol: number,
): RouteSync {
  const { set, remove } = diffRoutes(desired, listRoutes(socket, { protocol }));
  if (set.length === 0 && remove.length === 0) return { changes: [], problems: [] };
  const failures = setRoutes(socket, set, protocol);
  const added = set
    .filter((_, i) => failures[i] === undefined)
    .map(({ route, instead }) => change(subjectOf(route.destination), setAction(route, instead)));
  const problems = set.flatMap(({ route }, i) => {
    const failure = failures[i];
    return failure === undefined ? [] : [routeProblem(route, failure)];
  });
  return { changes: [...added, ...removeStale(socket, desired, protocol)], problems };
}

/** Pure: routes to set and routes to remove. */
export function diffRoutes(desired: readonly HostRoute[], actual: readonly Route[]): RouteDiff {
  const desiredByText = new Map<string, HostRoute>(desired.map(route => [route.destination, route]));
  const found = new Map<string, Route[]>();
  for (const route of actual) {
    const there = found.get(textOf(route));
    if (there === undefined) found.set(textOf(route), [route]);
    else there.push(route);
  }
  const set = [...desiredByText].flatMap(([destination, route]) => {
    const there = found.get(destination) ?? [];
    if (there.some(one => isSameRoute(route, one))) return [];
    return [{ route, ...(there[0] !== undefined && { instead: there[0] }) }];
  });
  const remove = actual.filter(route => {
    const spec = desiredByText.get(textOf(route));
    return spec === undefined || !isSameRoute(spec, route);
  });
  return { set, remove };
}

/** The destination in the canonical text of a `Cidr`, so that equal prefixes are equal strings. */
function textOf({ destination }: Route): string {
  return `${destination.address}/${destination.prefixLength}`;
}

function isSameRoute(spec: HostRoute, actual: Route): boolean {
  if (spec.ifindex === undefined) return actual.type === 'unreachable';
  const [hop, ...others] = actual.nextHops;
  return (
    actual.type === 'unicast' &&
    others.length === 0 &&
    hop?.index === spec.ifindex &&
    hop.via === spec.via &&
    actual.source === spec.source &&
    actual.mtu === spec.mtu &&
    actual.mtuLocked === (spec.mtuLocked === true)
  );
}

function setRoutes(
  socket: RtnetlinkSocket,
  set: RouteDiff['set'],
  protocol: number,
): (RtnetlinkError | undefined)[] {
  const batch = socket.batch();
  for (const { route, instead } of set) {
    // Without a former route of ours it is added and not replaced, so that a foreign route is never overwritten.
    const write = instead === undefined ? addRoute : replaceRoute;
    write(batch, newRoute(route, protocol));
  }
  return batch.settle();
}

export function newRoute(route: HostRoute, protocol: number): NewRoute {
  const destination = prefixOf(route.destination);
  if (route.ifindex === undefined) return { destination, type: 'unreachable', protocol };
  const isOnLink = route.via === undefined;
  return {
    destination,
    protocol,
    index: route.ifindex,
    ...(route.via !== undefined && { via: route.via }),
    ...(route.source !== undefined && { source: route.source }),
    ...(route.mtu !== undefined && { mtu: route.mtu }),
    ...(route.mtuLocked === true && { mtuLocked: true }),
    ...(isOnLink && { scope: 'link' as const }),
  };
}

/** Dumps routes again: replacing an IPv6 route by one of another type leaves the old one. */
function removeStale(socket: RtnetlinkSocket, desired: readonly HostRoute[], protocol: number): Change[] {
  const { remove } = diffRoutes(desired, listRoutes(socket, { protocol }));
  const batch = socket.batch();
  for (const route of remove) deleteRoute(batch, exactly(route));
  const failures = batch.settle().filter(error => error !== undefined && !isRtnetlinkError(error, 'ESRCH'));
  if (failures[0] !== undefined) throw failures[0];
  return remove.map(route => change(subjectOf(textOf(route)), 'removed'));
}

/** All attributes that distinguish routes to one destination. */
export function exactly(route: Route): NewRoute {
  const [hop, ...others] = route.nextHops;
  const isSingle = others.length === 0 && route.type === 'unicast';
  return {
    destination: route.destination,
    protocol: route.protocol,
    metric: route.metric,
    table: route.table,
    ...(route.type !== undefined && { type: route.type }),
    ...(isSingle && hop?.index !== undefined && { index: hop.index }),
    ...(isSingle && hop?.via !== undefined && { via: hop.via }),
  };
}

function setAction(route: HostRoute, instead: Route | undefined): string {
  const where = route.ifindex === undefined ? 'unreachable' : `by link ${route.ifindex}`;
  const via = route.via === undefined ? '' : ` via ${route.via}`;
  return `${instead === undefined ? 'added' : 'changed'}: ${where}${via}`;
}

function subjectOf(destination: string): string {
  return `route to ${destination}`;
}

function routeProblem({ destination }: HostRoute, failure: RtnetlinkError): string {
  return isRtnetlinkError(failure, 'EEXIST')
    ? `the route to ${destination} exists already and is not Heddle's: where it is of the underlay, no pod CIDR may be its network: ` +
        `give the Node another one; else remove it (ip route delete ${destination})`
    : `the route to ${destination} cannot be set: ${failure.message}`;
}
