// Computes the desired contents of this node's maps and routing table; pure.
import { isIpv4Cidr, type Addr } from 'ip';
import { unknownNode, type ResolvedInput, type TablesInput } from './tables-input.ts';
import type { EndpointRow, HostRoute, IfaceRow, NodeRow, RouteRow } from './table-rows.ts';
import { EndpointRowSet } from './endpoint-rows.ts';
import { hostRoutes } from './host-routes.ts';
import { ifaceRows } from './iface-rows.ts';
import { nodeRows } from './node-rows.ts';
import { IPV6_MIN_MTU, learntMtu, overlayMtu, pathsTo, podMtu } from './node-path.ts';
import type { NodePath, PathOrigin } from './node-path.ts';
import { uplinkAddresses } from './node-facts.ts';
import { routeRows } from './route-rows.ts';
import { nodesInOrder, resolveNodes } from './resolved-nodes.ts';

/** Keys are unique in each table. */
export interface DesiredTables {
  readonly ifaces: readonly IfaceRow[];
  readonly endpoints: ReadonlyMap<Addr, EndpointRow>;
  readonly routes: readonly RouteRow[];
  readonly nodes: readonly NodeRow[];
  readonly hostRoutes: readonly HostRoute[];
  /** One sentence for each ignored claim; the tables are complete without it. */
  readonly problems: readonly string[];
}

/** The owner of an address depends on the objects alone (precedence.ts) and not on the order of the input. */
export function desiredTables(input: TablesInput): DesiredTables {
  return new TablesBuilder().build(input);
}

/** What depends on nodes and devices alone. */
interface NodeTables extends Pick<DesiredTables, 'routes' | 'nodes' | 'hostRoutes' | 'problems'> {
  readonly world: ResolvedInput;
}

/** Computes one input after the other: tables whose part of the input is the same object are not computed again. */
export class TablesBuilder {
  #ofNodes: NodeTables | undefined;
  #endpoints: EndpointRowSet | undefined;
  #problems:
    { readonly parts: readonly (readonly string[])[]; readonly sorted: readonly string[] } | undefined;

  build(input: TablesInput): DesiredTables {
    const { nodes, routes, hostRoutes, world, problems } = this.#nodeTables(input);
    const endpoints = (this.#endpoints ??= new EndpointRowSet(world)).update(input);
    return {
      ...{ nodes, routes, hostRoutes },
      ifaces: ifaceRows(input),
      endpoints: endpoints.rows,
      problems: this.#sorted(problems, endpoints.problems),
    };
  }

  #nodeTables(input: TablesInput): NodeTables {
    if (this.#ofNodes !== undefined && hasSameNodes(this.#ofNodes.world, input)) return this.#ofNodes;
    this.#endpoints = undefined;
    return (this.#ofNodes = nodeTables(input));
  }

  /** The same list while its parts are. */
  #sorted(...parts: readonly (readonly string[])[]): readonly string[] {
    const known = this.#problems;
    if (known !== undefined && parts.every((part, i) => part === known.parts[i])) return known.sorted;
    const sorted = parts.flat().sort();
    this.#problems = { parts, sorted };
    return sorted;
  }
}

function hasSameNodes(a: TablesInput, b: TablesInput): boolean {
  return (
    a.cluster.nodes === b.cluster.nodes &&
    a.nodeIds === b.nodeIds &&
    a.facts === b.facts &&
    a.tunnel === b.tunnel
  );
}

function nodeTables(input: TablesInput): NodeTables {
  const { world, problems } = resolveInput(input);
  const routes = routeRows(world);
  const host = hostRoutes(world);
  return {
    world,
    routes: routes.rows,
    nodes: nodeRows(world),
    hostRoutes: host.routes,
    problems: [...problems, ...tooSmall(world), ...routes.problems, ...host.problems],
  };
}

function resolveInput(input: TablesInput): { world: ResolvedInput; problems: string[] } {
  const { cluster, facts, tunnel } = input;
  const known = cluster.nodes.get(facts.nodeName);
  const own = known ?? unknownNode(facts.nodeName);
  const { nodes, owners, problems } = resolveNodes(nodesInOrder(cluster.nodes, own), uplinkAddresses(facts));
  const self = nodes[0] ?? own;
  const origin = { facts, tunnel, object: self };
  const paths = new Map(nodes.slice(1).map(node => [node.name, pathsTo(node, origin)]));
  const world = { ...input, self, origin, nodes, owners, paths };
  const missing = known
    ? []
    : [`this node, ${own.name}, has no Node object: it cannot reach other nodes' pods`];
  return { world, problems: [...missing, ...problems] };
}

/** No path may carry less than IPv6's minimum (RFC 8200 section 5). */
function tooSmall({ self, origin, paths }: ResolvedInput): string[] {
  const mtu = podMtu(origin);
  if (self.podCidrs.every(isIpv4Cidr)) return [];
  if (mtu >= IPV6_MIN_MTU) return [...paths].flatMap(([node, { ipv6 }]) => tooSmallPath(node, ipv6, origin));
  const [least, missing] = [IPV6_MIN_MTU, IPV6_MIN_MTU - mtu];
  return [
    `the paths between nodes carry ${mtu} bytes of pods' packets, IPv6 needs ${least}: the underlay's MTU must be ${missing} bytes larger`,
  ];
}

function tooSmallPath(node: string, path: NodePath | undefined, { facts }: PathOrigin): string[] {
  const mtu = path?.kind === 'overlay' ? learntMtu(path.tunnel, facts) : undefined;
  if (mtu === undefined || overlayMtu(mtu, 'ipv6') >= IPV6_MIN_MTU) return [];
  return [
    `the path to node ${node} carries ${mtu} bytes, too few for pods' IPv6: ${IPV6_MIN_MTU + mtu - overlayMtu(mtu, 'ipv6')} are needed`,
  ];
}
