// Which endpoints new flows choose from, by kube-proxy's rules (pkg/proxy/topology.go, CategorizeEndpoints).
import type { SliceEndpoint, TrafficPolicy } from '../model/service-objects.ts';
import type { Place } from './service-rows.ts';

type IsNear = (endpoint: SliceEndpoint) => boolean;

/** Ready ones, those for this zone or node if all of them say for whom they are; else those that terminate and still serve. */
export function chosenEndpoints<E extends SliceEndpoint>(
  endpoints: readonly E[],
  policy: TrafficPolicy,
  place: Place,
): readonly E[] {
  const local = (endpoint: SliceEndpoint): boolean =>
    policy === 'Cluster' || endpoint.nodeName === place.node;
  const ready = endpoints.filter(each => each.isReady && local(each));
  if (ready.length === 0)
    return endpoints.filter(each => each.isServing && each.isTerminating && local(each));
  const near = policy === 'Cluster' ? nearnessOf(ready, place) : undefined;
  return near === undefined ? ready : ready.filter(near);
}

/** Hints count only if every ready endpoint has them, and one of them is for this node, or for its zone. */
function nearnessOf(ready: readonly SliceEndpoint[], { node, zone }: Place): IsNear | undefined {
  const forNode: IsNear = ({ hints }) => hints?.nodes.includes(node) === true;
  if (ready.every(({ hints }) => (hints?.nodes.length ?? 0) > 0) && ready.some(forNode)) return forNode;
  if (zone === undefined || !ready.every(({ hints }) => (hints?.zones.length ?? 0) > 0)) return undefined;
  const forZone: IsNear = ({ hints }) => hints?.zones.includes(zone) === true;
  return ready.some(forZone) ? forZone : undefined;
}
