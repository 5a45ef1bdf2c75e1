// The maps of node 1 as its daemon fills them for the cluster of cluster.ts.
import { isIpv6 } from '../packet/address.ts';
import {
  DEVICE,
  FAMILIES,
  GENERATION,
  IPV4,
  IPV6,
  MAC,
  NODE,
  OVERLAY6_NODE,
  POD_ID,
  UPLINK_MTU,
  type View,
} from './cluster.ts';
import type { Given, GivenEndpoint, GivenNode, GivenRoute } from './given.ts';

const OUTER_IPV4_BYTES = 50;
const OUTER_IPV6_BYTES = 70;

/** The tunnel runs over IPv4, but to the overlay6 node. */
export const OVERLAY_MTU = UPLINK_MTU - OUTER_IPV4_BYTES;

export const CLUSTER: Given = {
  ifaces: [
    { ifindex: DEVICE.uplink, kind: 'IFACE_UPLINK', flags: ['IFACE_GUARDED'] },
    { ifindex: DEVICE.pod, mac: MAC.pod, podId: POD_ID.pod },
    { ifindex: DEVICE.sibling, mac: MAC.sibling, podId: POD_ID.sibling },
  ],
  endpoints: FAMILIES.flatMap(endpointsOf),
  routes: FAMILIES.flatMap(routesOf),
  nodes: [...FAMILIES.flatMap(nodesOf), { addr: OVERLAY6_NODE, id: NODE.overlay6, flags: ['NODE_TUNNEL'] }],
  services: [],
  conntrack: [],
  control: { generation: GENERATION },
  pods: [{ podId: POD_ID.pod }, { podId: POD_ID.sibling }],
  cidrs: [],
  peers: [],
  rules: [],
};

function endpointsOf(view: View): GivenEndpoint[] {
  return [
    localPod(view.pod, DEVICE.pod, POD_ID.pod, MAC.pod),
    localPod(view.sibling, DEVICE.sibling, POD_ID.sibling, MAC.sibling),
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

function localPod(addr: string, ifindex: number, podId: number, mac: string): GivenEndpoint {
  return { addr, kind: 'ENDPOINT_LOCAL_POD', node: NODE.own, ifindex, podId, mac };
}

function routesOf(view: View): GivenRoute[] {
  const own = `${view.overlayNode}/${view.family === 'ipv4' ? 32 : 128}`;
  return [
    { prefix: podCidr(view, 1), kind: 'ROUTE_LOCAL', node: NODE.own, mtu: UPLINK_MTU },
    { ...overlayTo(IPV4.overlayNode, NODE.overlay), prefix: podCidr(view, 2), nextHop: IPV4.overlayNode },
    {
      ...overlayTo(IPV4.overlayNode, NODE.overlay),
      prefix: own,
      nextHop: IPV4.overlayNode,
      flags: ['ROUTE_REPLY_ONLY'],
    },
    {
      ...directTo(view.directNode, NODE.direct),
      prefix: podCidr(view, 3),
      nextHop: view.directNode,
    },
    { ...overlayTo(IPV4.farOverlayNode, NODE.farOverlay), prefix: podCidr(view, 4) },
    { ...directTo(view.farDirectNode, NODE.farDirect), prefix: podCidr(view, 5) },
    { ...overlayTo(OVERLAY6_NODE, NODE.overlay6), prefix: podCidr(view, 6), nextHop: OVERLAY6_NODE },
  ];
}

function podCidr(view: View, node: number): string {
  return view.family === 'ipv4' ? `10.${node}.0.0/24` : `fd00:${node}::/64`;
}

function overlayTo(tunnel: string, node: number): Omit<GivenRoute, 'prefix'> {
  const [source, outerBytes] = isIpv6(tunnel) ? [IPV6.own, OUTER_IPV6_BYTES] : [IPV4.own, OUTER_IPV4_BYTES];
  return {
    ...{ kind: 'ROUTE_OVERLAY', node, tunnel, source, vtepMac: MAC.remoteOverlay },
    mtu: UPLINK_MTU - outerBytes,
  };
}

function directTo(tunnel: string, node: number): Omit<GivenRoute, 'prefix'> {
  return { kind: 'ROUTE_DIRECT', node, tunnel, mtu: UPLINK_MTU };
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
