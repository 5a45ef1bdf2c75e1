// The node's state as views of the API, with names in place of ids.
import type { LocalPod } from '../model/tables-input.ts';
import { podKey } from '../model/objects.ts';
import { NO_ADDR, type EndpointRow, type RouteRow } from '../model/table-rows.ts';
import { tunnelAddressOf, underlayAddressesOf } from '../model/node-addresses.ts';
import type { NodeState } from '../reconcilers/node-state.ts';
import type { WatchLiveness } from '../sources/source.ts';
import type {
  EndpointKind,
  EndpointView,
  NodeView,
  RouteKind,
  RouteView,
  WatchView,
} from '../api/dataplane-view.ts';

const ENDPOINT_KIND = {
  ENDPOINT_LOCAL_POD: 'local-pod',
  ENDPOINT_LOCAL_HOST: 'local-host',
  ENDPOINT_REMOTE_POD: 'remote-pod',
  ENDPOINT_REMOTE_NODE: 'remote-node',
  ENDPOINT_SERVICE: 'service',
} as const satisfies Record<EndpointRow['value']['kind'], EndpointKind>;

const ROUTE_KIND = {
  ROUTE_LOCAL: 'local',
  ROUTE_OVERLAY: 'overlay',
  ROUTE_DIRECT: 'direct',
} as const satisfies Record<RouteRow['value']['kind'], RouteKind>;

export function endpointView({ key, value, node, pod, service }: EndpointRow): EndpointView {
  return {
    address: key.addr,
    kind: ENDPOINT_KIND[value.kind],
    vni: key.vni,
    node,
    ...(pod && { pod }),
    ...(service && { service }),
  };
}

/** Of a local pod. */
export function localEndpointView(row: EndpointRow, { attachment, ifindex }: LocalPod): EndpointView {
  const { hostInterface, podMac: mac, containerId } = attachment;
  return { ...endpointView(row), local: { ifindex, hostInterface, mac, containerId } };
}

/** Counts pods, not endpoints: a dual-stack pod has two. */
export function countRemotePods(rows: Iterable<EndpointRow>): number {
  const isRemote = ({ value }: EndpointRow): boolean => value.kind === 'ENDPOINT_REMOTE_POD';
  return new Set([...rows].filter(isRemote).map(({ pod }) => pod && podKey(pod))).size;
}

export function routeView({ key, value, prefix, node }: RouteRow): RouteView {
  return {
    prefix,
    kind: ROUTE_KIND[value.kind],
    vni: key.vni,
    node,
    ...(value.kind === 'ROUTE_OVERLAY' && { tunnel: value.tunnel }),
    ...(value.nextHop !== NO_ADDR && { nextHop: value.nextHop }),
    mtu: value.mtu,
    replyOnly: value.flags.includes('ROUTE_REPLY_ONLY'),
  };
}

export function nodeViews({ input }: NodeState): NodeView[] {
  return [...input.cluster.nodes.values()].map(node => {
    const tunnelAddress = tunnelAddressOf(node, 'ipv4') ?? tunnelAddressOf(node, 'ipv6');
    return {
      name: node.name,
      id: input.nodeIds.get(node.name) ?? 0,
      addresses: underlayAddressesOf(node),
      podCidrs: node.podCidrs,
      local: node.name === input.facts.nodeName,
      ...(tunnelAddress !== undefined && { tunnelAddress }),
    };
  });
}

export function watchView({ name, confirmedAtMs, isSilent: silent }: WatchLiveness): WatchView {
  if (confirmedAtMs === undefined) return { name, silent };
  return { name, confirmedAgeSeconds: (performance.now() - confirmedAtMs) / 1_000, silent };
}
