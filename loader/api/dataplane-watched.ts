// The collections of the Dataplane service: key, order and events of endpoints, routes and nodes.
import { addrToBytes, isIpv4 } from 'ip';
import type { Change } from './changes.ts';
import { endpointMessage, nodeMessage, routeMessage } from './dataplane-message.ts';
import type { DataplaneView, EndpointView, NodeView, RouteView } from './dataplane-view.ts';
import { heddle } from './proto.gen.js';
import type { Watched } from './watch.ts';

const { EventKind } = heddle.v1;
const EVENT_KIND = {
  added: EventKind.EVENT_KIND_ADDED,
  modified: EventKind.EVENT_KIND_MODIFIED,
  deleted: EventKind.EVENT_KIND_DELETED,
} as const satisfies Record<Change<unknown>['kind'], heddle.v1.EventKind>;
const SYNCED = { kind: EventKind.EVENT_KIND_SYNCED };

export function watchedEndpoints(view: DataplaneView): Watched<EndpointView, heddle.v1.IEndpointEvent> {
  return {
    snapshot: () => keyed(view.endpoints(), ({ vni, address }) => `${vni} ${address}`),
    onChange: listener => view.onChange(listener),
    eventOf: ({ kind, view: one }) => ({ kind: EVENT_KIND[kind], endpoint: endpointMessage(one) }),
    synced: SYNCED,
  };
}

export function watchedRoutes(view: DataplaneView): Watched<RouteView, heddle.v1.IRouteEvent> {
  return {
    snapshot: () => keyed(view.routes(), ({ vni, prefix }) => `${vni} ${prefix}`),
    onChange: listener => view.onChange(listener),
    eventOf: ({ kind, view: one }) => ({ kind: EVENT_KIND[kind], route: routeMessage(one) }),
    synced: SYNCED,
  };
}

export function watchedNodes(view: DataplaneView): Watched<NodeView, heddle.v1.INodeEvent> {
  return {
    snapshot: () => keyed(view.nodes(), ({ name }) => name),
    onChange: listener => view.onChange(listener),
    eventOf: ({ kind, view: one }) => ({ kind: EVENT_KIND[kind], node: nodeMessage(one) }),
    synced: SYNCED,
  };
}

/** By VNI, then IPv4 before IPv6, then by value. Each address is converted once: there may be 100,000. */
export function byAddress(endpoints: readonly EndpointView[]): EndpointView[] {
  return endpoints
    .map(endpoint => ({ endpoint, rank: rankOf(endpoint), bytes: addrToBytes(endpoint.address) }))
    .sort((a, b) => a.rank - b.rank || Buffer.compare(a.bytes, b.bytes))
    .map(({ endpoint }) => endpoint);
}

function rankOf({ vni, address }: EndpointView): number {
  return 2 * vni + (isIpv4(address) ? 0 : 1);
}

function keyed<View>(views: readonly View[], keyOf: (view: View) => string): ReadonlyMap<string, View> {
  return new Map(views.map(view => [keyOf(view), view]));
}
