// Everything that this node's maps and routing table should hold: a pure function of what is known.
import { isIpv4Cidr } from 'ip';
import {
  unknownNode,
  type DataplaneInput,
  type DataplaneWorld,
  type LocalNode,
  type LocalPod,
} from './dataplane-input.ts';
import type { EndpointRow, HostRoute, NodeRow, PortRow, RouteRow } from './dataplane-rows.ts';
import { endpointRows } from './endpoint-rows.ts';
import { hostRoutes } from './host-routes.ts';
import { nodeRows } from './node-rows.ts';
import { IPV6_MIN_MTU, overlayMtu, pathsTo, podMtu, type NodePath, type PathOrigin } from './node-path.ts';
import { routeRows } from './route-rows.ts';
import { nodesInOrder, settleNodes } from './settled-nodes.ts';

/** No table holds two rows of one key. */
export interface DataplaneTables {
  readonly ports: readonly PortRow[];
  readonly endpoints: readonly EndpointRow[];
  readonly routes: readonly RouteRow[];
  readonly nodes: readonly NodeRow[];
  readonly hostRoutes: readonly HostRoute[];
  /** One sentence for each claim that is not honoured; the tables are whole without it. */
  readonly problems: readonly string[];
}

/** Who wins a contested address depends on the objects alone (precedence.ts), never on the order of the input. */
export function dataplaneTables(input: DataplaneInput): DataplaneTables {
  const { world, problems } = settle(input);
  const endpoints = endpointRows(world);
  const routes = routeRows(world);
  const host = hostRoutes(world);
  return {
    ports: world.localPods.map(local => portRow(world, local)),
    endpoints: endpoints.rows,
    routes: routes.rows,
    nodes: nodeRows(world),
    hostRoutes: host.routes,
    problems: [
      ...problems,
      ...tooSmall(world),
      ...endpoints.problems,
      ...routes.problems,
      ...host.problems,
    ].sort(),
  };
}

function settle(input: DataplaneInput): { world: DataplaneWorld; problems: string[] } {
  const { cluster, facts, settings } = input;
  const known = cluster.nodes.get(facts.nodeName);
  const own = known ?? unknownNode(facts.nodeName);
  const { nodes, owners, problems } = settleNodes(nodesInOrder(cluster.nodes, own), facts.uplink.addresses);
  const self = nodes[0] ?? own;
  const origin = { facts, settings, object: self };
  const paths = new Map(nodes.slice(1).map(node => [node.name, pathsTo(node, origin)]));
  const world = { ...input, self, origin, nodes, owners, paths };
  const missing = known
    ? []
    : [`this node, ${own.name}, has no Node object: it cannot reach other nodes' pods`];
  return { world, problems: [...missing, ...problems] };
}

/** The kernel takes IPv6 off an interface that carries less (RFC 8200 section 5). */
function tooSmall({ self, origin, paths }: DataplaneWorld): string[] {
  const mtu = podMtu(origin);
  if (self.podCidrs.every(isIpv4Cidr)) return [];
  if (mtu >= IPV6_MIN_MTU) return [...paths].flatMap(([node, { ipv6 }]) => tooSmallPath(node, ipv6, origin));
  const [least, missing] = [IPV6_MIN_MTU, IPV6_MIN_MTU - mtu];
  return [
    `pods' interfaces carry ${mtu} bytes, IPv6 needs ${least}: the underlay's MTU must be ${missing} bytes larger`,
  ];
}

function tooSmallPath(node: string, path: NodePath | undefined, { facts }: PathOrigin): string[] {
  const mtu = path?.kind === 'overlay' ? facts.uplink.pathMtus?.get(path.tunnel) : undefined;
  if (mtu === undefined || overlayMtu(mtu, 'ipv6') >= IPV6_MIN_MTU) return [];
  return [
    `the path to node ${node} carries ${mtu} bytes, too few for pods' IPv6: ${IPV6_MIN_MTU + mtu - overlayMtu(mtu, 'ipv6')} are needed`,
  ];
}

/** Who is behind a pod's device. */
export function portRow({ settings }: LocalNode, { attachment, ifindex, slowPath }: LocalPod): PortRow {
  const { podSlot, podMac: mac } = attachment;
  return {
    key: { ifindex },
    value: { segment: settings.segment, podSlot, mac, flags: slowPath ? ['PORT_SLOW_PATH'] : [] },
  };
}
