// Computes the desired contents of this node's maps and routing table; pure.
import { isIpv4Cidr } from 'ip';
import {
  unknownNode,
  type TablesInput,
  type ResolvedInput,
  type LocalNode,
  type LocalPod,
} from './tables-input.ts';
import type { EndpointRow, HostRoute, NodeRow, PortRow, RouteRow } from './table-rows.ts';
import { endpointRows } from './endpoint-rows.ts';
import { hostRoutes } from './host-routes.ts';
import { nodeRows } from './node-rows.ts';
import { IPV6_MIN_MTU, overlayMtu, pathsTo, podMtu, type NodePath, type PathOrigin } from './node-path.ts';
import { routeRows } from './route-rows.ts';
import { nodesInOrder, resolveNodes } from './resolved-nodes.ts';

/** Keys are unique in each table. */
export interface DesiredTables {
  readonly ports: readonly PortRow[];
  readonly endpoints: readonly EndpointRow[];
  readonly routes: readonly RouteRow[];
  readonly nodes: readonly NodeRow[];
  readonly hostRoutes: readonly HostRoute[];
  /** One sentence for each ignored claim; the tables are complete without it. */
  readonly problems: readonly string[];
}

/** The owner of an address depends on the objects alone (precedence.ts) and not on the order of the input. */
export function desiredTables(input: TablesInput): DesiredTables {
  const { world, problems } = resolveInput(input);
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

function resolveInput(input: TablesInput): { world: ResolvedInput; problems: string[] } {
  const { cluster, facts, tunnel } = input;
  const known = cluster.nodes.get(facts.nodeName);
  const own = known ?? unknownNode(facts.nodeName);
  const { nodes, owners, problems } = resolveNodes(nodesInOrder(cluster.nodes, own), facts.uplink.addresses);
  const self = nodes[0] ?? own;
  const origin = { facts, tunnel, object: self };
  const paths = new Map(nodes.slice(1).map(node => [node.name, pathsTo(node, origin)]));
  const world = { ...input, self, origin, nodes, owners, paths };
  const missing = known
    ? []
    : [`this node, ${own.name}, has no Node object: it cannot reach other nodes' pods`];
  return { world, problems: [...missing, ...problems] };
}

/** The kernel disables IPv6 on an interface with a smaller MTU (RFC 8200 section 5). */
function tooSmall({ self, origin, paths }: ResolvedInput): string[] {
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

/** hd_port's row for a pod's device. */
export function portRow({ tunnel }: LocalNode, { attachment, ifindex, slowPath }: LocalPod): PortRow {
  const { podSlot, podMac: mac } = attachment;
  return {
    key: { ifindex },
    value: { segment: tunnel.segment, podSlot, mac, flags: slowPath ? ['PORT_SLOW_PATH'] : [] },
  };
}
