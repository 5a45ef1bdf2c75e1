// Desired rows of hd_endpoint: addresses of pods and nodes, each with one owner.
import { type Addr, cidrContains } from 'ip';
import {
  nodeIdOf,
  type TablesInput,
  type ResolvedInput,
  type LocalNode,
  type LocalPod,
} from './tables-input.ts';
import { NO_MAC, type EndpointRow } from './table-rows.ts';
import { isFinished, podKey, type PodObject } from './objects.ts';
import { comparePods, type PodCidrsOf } from './precedence.ts';

export interface EndpointRows {
  readonly rows: readonly EndpointRow[];
  readonly problems: readonly string[];
}

/** Values of rows that are not local pods. */
const NO_DEVICE = { ifindex: 0, podId: 0, mac: NO_MAC, flags: [] } as const;

interface EndpointClaims {
  readonly byAddr: Map<Addr, EndpointRow>;
  readonly problems: string[];
  /** Whether the first of two remote rows has precedence for their address. */
  readonly isBefore: (a: EndpointRow, b: EndpointRow) => boolean;
  /** Whether one of the node's pod CIDRs contains the address. */
  readonly isInPodCidrs: (node: string, addr: Addr) => boolean;
}

/**
 * Precedence: this node's addresses, then its pods' addresses as ADD allocated them, then other nodes and their pods.
 * A Node object can name any address, so an address in a third node's pod CIDR is not taken from it. Two remote pods
 * are ordered by `comparePods`.
 */
export function endpointRows(world: ResolvedInput): EndpointRows {
  const podCidrs = new Map(world.nodes.map(node => [node.name, node.podCidrs]));
  const podCidrsOf: PodCidrsOf = node => podCidrs.get(node) ?? [];
  const claims: EndpointClaims = {
    byAddr: new Map(),
    problems: [],
    isBefore: remotePrecedence(world, podCidrsOf),
    isInPodCidrs: (node, addr) => podCidrsOf(node).some(cidr => cidrContains(cidr, addr)),
  };
  for (const [addr, node] of world.owners) claims.byAddr.set(addr, nodeRow(world, addr, node));
  for (const local of world.localPods)
    for (const addr of local.attachment.addresses) claimLocal(claims, localEndpointRow(world, local, addr));
  const podsOfUnknownNodes = new Map<string, number>();
  const values: RemoteValues = new Map();
  for (const pod of world.cluster.pods.values()) {
    if (!isRemote(pod, world.self.name)) continue;
    const id = world.nodeIds.get(pod.nodeName);
    if (id === undefined)
      podsOfUnknownNodes.set(pod.nodeName, (podsOfUnknownNodes.get(pod.nodeName) ?? 0) + 1);
    else for (const row of remoteRows(world, pod, remoteValue(values, id))) claimRemote(claims, row);
  }
  for (const [node, count] of podsOfUnknownNodes)
    claims.problems.push(`node ${node} has no Node object: its pods (${count}) cannot be reached`);
  return { rows: [...claims.byAddr.values()], problems: claims.problems };
}

function isRemote(pod: PodObject, self: string): pod is PodObject & { readonly nodeName: string } {
  return pod.nodeName !== undefined && pod.nodeName !== self && !pod.hostNetwork && !isFinished(pod);
}

function nodeRow(world: ResolvedInput, addr: Addr, node: string): EndpointRow {
  const kind = node === world.self.name ? 'ENDPOINT_LOCAL_HOST' : 'ENDPOINT_REMOTE_NODE';
  return rowOf(world, addr, { kind, nodeId: nodeIdOf(world, node), node });
}

/** Row of one address of a local pod. */
export function localEndpointRow(
  node: LocalNode,
  { attachment, ifindex, slowPath }: LocalPod,
  addr: Addr,
): EndpointRow {
  const { nodeName } = node.facts;
  const row = rowOf(node, addr, {
    kind: 'ENDPOINT_LOCAL_POD',
    nodeId: nodeIdOf(node, nodeName),
    node: nodeName,
    ...(attachment.pod && { pod: { namespace: attachment.pod.namespace, name: attachment.pod.name } }),
  });
  const { podId, podMac: mac } = attachment;
  return {
    ...row,
    value: { ...row.value, ifindex, podId, mac, flags: slowPath ? ['IFACE_SLOW_PATH'] : [] },
  };
}

type RemoteValues = Map<number, EndpointRow['value']>;

/** One value object per node: it is the same for all pods of the node. */
function remoteValue(values: RemoteValues, nodeId: number): EndpointRow['value'] {
  const known = values.get(nodeId);
  if (known !== undefined) return known;
  const value = { kind: 'ENDPOINT_REMOTE_POD', nodeId, ...NO_DEVICE } as const;
  values.set(nodeId, value);
  return value;
}

/** Caches rows by object: objects are immutable, so most rows of a large cluster are reused. */
const knownRows = new WeakMap<PodObject, readonly EndpointRow[]>();

function remoteRows(
  { tunnel: { vni } }: ResolvedInput,
  pod: PodObject & { readonly nodeName: string },
  value: EndpointRow['value'],
): readonly EndpointRow[] {
  const known = knownRows.get(pod);
  const [first] = known ?? [];
  if (known && first?.value.nodeId === value.nodeId && first.key.vni === vni) return known;
  const { namespace, name, nodeName: node } = pod;
  const rows = pod.addresses.map(addr => ({
    key: { vni, addr },
    value,
    node,
    pod: { namespace, name },
  }));
  if (rows.length > 0) knownRows.set(pod, rows);
  return rows;
}

function rowOf(
  { tunnel }: Pick<TablesInput, 'tunnel'>,
  addr: Addr,
  owner: Pick<EndpointRow, 'node' | 'pod'> & Pick<EndpointRow['value'], 'kind' | 'nodeId'>,
): EndpointRow {
  const { kind, nodeId, node, pod } = owner;
  return {
    key: { vni: tunnel.vni, addr },
    value: { kind, nodeId, ...NO_DEVICE },
    node,
    ...(pod && { pod: { namespace: pod.namespace, name: pod.name } }),
  };
}

function claimLocal(claims: EndpointClaims, row: EndpointRow): void {
  const held = claims.byAddr.get(row.key.addr);
  if (held?.value.kind === 'ENDPOINT_REMOTE_NODE' && !claims.isInPodCidrs(held.node, row.key.addr))
    takeFrom(claims, held, row);
  else keepFirst(claims, held, row);
}

function takeFrom({ byAddr, problems }: EndpointClaims, held: EndpointRow, row: EndpointRow): void {
  byAddr.set(row.key.addr, row);
  problems.push(conflict(held, row));
}

function keepFirst(
  { byAddr, problems }: EndpointClaims,
  held: EndpointRow | undefined,
  row: EndpointRow,
): void {
  if (held === undefined) byAddr.set(row.key.addr, row);
  else problems.push(conflict(row, held));
}

function remotePrecedence({ cluster }: ResolvedInput, podCidrsOf: PodCidrsOf): EndpointClaims['isBefore'] {
  const podOf = ({ pod }: EndpointRow) => pod && cluster.pods.get(podKey(pod));
  return (row, other) => {
    const [a, b] = [podOf(row), podOf(other)];
    const contest = { addr: row.key.addr, podCidrsOf };
    return a !== undefined && b !== undefined && comparePods(a, b, contest) < 0;
  };
}

function claimRemote(claims: EndpointClaims, row: EndpointRow): void {
  const held = claims.byAddr.get(row.key.addr);
  if (held !== undefined && losesTo(claims, held, row)) takeFrom(claims, held, row);
  else keepFirst(claims, held, row);
}

function losesTo({ isBefore, isInPodCidrs }: EndpointClaims, held: EndpointRow, row: EndpointRow): boolean {
  const { addr } = row.key;
  if (held.value.kind === 'ENDPOINT_REMOTE_POD') return isBefore(row, held);
  return (
    held.value.kind === 'ENDPOINT_REMOTE_NODE' &&
    isInPodCidrs(row.node, addr) &&
    !isInPodCidrs(held.node, addr)
  );
}

function conflict(loser: EndpointRow, winner: EndpointRow): string {
  return `address ${loser.key.addr} of ${ownerName(loser)} is ignored: it belongs to ${ownerName(winner)}`;
}

function ownerName({ pod, node }: EndpointRow): string {
  return pod === undefined ? `node ${node}` : `pod ${podKey(pod)}`;
}
