// The maps of node 1 as its daemon fills them for the cluster of cluster.ts.
import {
  DEVICE,
  FAMILIES,
  IPV4,
  IPV6,
  MAC,
  NODE,
  OVERLAY6_NODE,
  SLOT,
  UPLINK_MTU,
  type View,
} from './cluster.ts';
import type { Given, GivenEndpoint, GivenNode, GivenRoute } from './given.ts';

const OUTER_IPV4_BYTES = 50;
const OUTER_IPV6_BYTES = 70;

/** The tunnel runs over IPv4, but to the overlay6 node. */
export const OVERLAY_MTU = UPLINK_MTU - OUTER_IPV4_BYTES;

export const CLUSTER: Given = {
  ports: [
    { ifindex: DEVICE.pod, mac: MAC.pod, slot: SLOT.pod },
    { ifindex: DEVICE.sibling, mac: MAC.sibling, slot: SLOT.sibling },
  ],
  endpoints: FAMILIES.flatMap(endpointsOf),
  routes: FAMILIES.flatMap(routesOf),
  nodes: [...FAMILIES.flatMap(nodesOf), { addr: OVERLAY6_NODE, id: NODE.overlay6, flags: ['NODE_TUNNEL'] }],
  conntrack: [],
};

function endpointsOf(view: View): GivenEndpoint[] {
  return [
    localPod(view.pod, DEVICE.pod, SLOT.pod, MAC.pod),
    localPod(view.sibling, DEVICE.sibling, SLOT.sibling, MAC.sibling),
    { addr: view.host, kind: 'ENDPOINT_LOCAL_HOST', node: NODE.own },
    { addr: view.own, kind: 'ENDPOINT_LOCAL_HOST', node: NODE.own },
    { addr: view.overlayHost, kind: 'ENDPOINT_REMOTE_NODE', node: NODE.overlay },
    { addr: view.overlayNode, kind: 'ENDPOINT_REMOTE_NODE', node: NODE.overlay },
    { addr: view.directNode, kind: 'ENDPOINT_REMOTE_NODE', node: NODE.direct },
    { addr: view.remotePod, kind: 'ENDPOINT_REMOTE_POD', node: NODE.overlay },
    { addr: view.directPod, kind: 'ENDPOINT_REMOTE_POD', node: NODE.direct },
    { addr: view.farPod, kind: 'ENDPOINT_REMOTE_POD', node: NODE.farOverlay },
    { addr: view.farDirectPod, kind: 'ENDPOINT_REMOTE_POD', node: NODE.farDirect },
    { addr: view.pod6, kind: 'ENDPOINT_REMOTE_POD', node: NODE.overlay6 },
  ];
}

function localPod(addr: string, ifindex: number, slot: number, mac: string): GivenEndpoint {
  return { addr, kind: 'ENDPOINT_LOCAL_POD', node: NODE.own, ifindex, slot, mac };
}

function routesOf(view: View): GivenRoute[] {
  const podCidr = (number: number): string =>
    view.family === 'ipv4' ? `10.${number}.0.0/24` : `fd00:${number}::/64`;
  const own = view.family === 'ipv4' ? `${view.overlayNode}/32` : `${view.overlayNode}/128`;
  const overlay = {
    kind: 'ROUTE_OVERLAY',
    node: NODE.overlay,
    mtu: OVERLAY_MTU,
    tunnel: IPV4.overlayNode,
    source: IPV4.own,
    nextHop: IPV4.overlayNode,
    vtepMac: MAC.remoteOverlay,
  } as const;
  return [
    { prefix: podCidr(1), kind: 'ROUTE_LOCAL', node: NODE.own, mtu: UPLINK_MTU },
    { ...overlay, prefix: podCidr(2) },
    { ...overlay, prefix: own, flags: ['ROUTE_ANSWER_ONLY'] },
    {
      prefix: podCidr(3),
      kind: 'ROUTE_DIRECT',
      node: NODE.direct,
      mtu: UPLINK_MTU,
      tunnel: view.directNode,
      nextHop: view.directNode,
    },
    {
      prefix: podCidr(4),
      kind: 'ROUTE_OVERLAY',
      node: NODE.farOverlay,
      mtu: OVERLAY_MTU,
      tunnel: IPV4.farOverlayNode,
      source: IPV4.own,
      vtepMac: MAC.remoteOverlay,
    },
    {
      prefix: podCidr(5),
      kind: 'ROUTE_DIRECT',
      node: NODE.farDirect,
      mtu: UPLINK_MTU,
      tunnel: view.farDirectNode,
    },
    {
      prefix: podCidr(6),
      kind: 'ROUTE_OVERLAY',
      node: NODE.overlay6,
      mtu: UPLINK_MTU - OUTER_IPV6_BYTES,
      tunnel: OVERLAY6_NODE,
      source: IPV6.own,
      nextHop: OVERLAY6_NODE,
      vtepMac: MAC.remoteOverlay,
    },
  ];
}

function nodesOf(view: View): GivenNode[] {
  return [
    { addr: view.own, id: NODE.own, flags: ['NODE_LOCAL'] },
    {
      addr: view.overlayNode,
      id: NODE.overlay,
      mac: MAC.remoteUplink,
      flags: ['NODE_TUNNEL', 'NODE_MAC_KNOWN'],
    },
    {
      addr: view.directNode,
      id: NODE.direct,
      mac: MAC.directUplink,
      flags: ['NODE_TUNNEL', 'NODE_MAC_KNOWN'],
    },
    { addr: view.farOverlayNode, id: NODE.farOverlay, flags: ['NODE_TUNNEL'] },
    { addr: view.farDirectNode, id: NODE.farDirect, flags: ['NODE_TUNNEL'] },
  ];
}
