// Routes of ours that are there and are not taken: a lower metric (IPv6 keeps both), a longer prefix, a rule.
import { isRouteRefused, lookupRoute, type RtnetlinkSocket } from 'rtnetlink';
import type { HostRoute } from '../model/table-rows.ts';

/** One sentence for each destination whose first address leaves by another link. One lookup each, no dump. */
export function shadowedRoutes(socket: RtnetlinkSocket, routes: readonly HostRoute[]): string[] {
  return routes.flatMap(({ destination, ifindex }) => {
    if (ifindex === undefined) return [];
    const taken = takenLink(socket, destination.slice(0, destination.indexOf('/')));
    if (taken === ifindex || taken === undefined) return [];
    const where = taken === 0 ? 'is refused' : `leaves by link ${taken}`;
    const family = destination.includes(':') ? '-6 ' : '';
    return [
      `this node's traffic to ${destination} ${where} and not by link ${ifindex}, because another route or rule comes first: ` +
        `remove it (ip ${family}route show to root ${destination}, ip ${family}rule)`,
    ];
  });
}

/** 0: a blackhole, prohibit or unreachable route; undefined: none, which the route's own problem says. */
function takenLink(socket: RtnetlinkSocket, address: string): number | undefined {
  return (
    lookupRoute(socket, address)?.nextHops[0]?.index ?? (isRouteRefused(socket, address) ? 0 : undefined)
  );
}
