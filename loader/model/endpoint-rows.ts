// hd_endpoint: every single address of the cluster that has a meaning, each with one owner.
import { type Addr, cidrContains } from 'ip';
import {
  nodeIdOf,
  type DataplaneInput,
  type DataplaneWorld,
  type LocalNode,
  type LocalPod,
} from './dataplane-input.ts';
import { NO_MAC, type EndpointRow } from './dataplane-rows.ts';
import { isFinished, podKey, type PodObject } from './objects.ts';
import { comparePods, type PodCidrsOf } from './precedence.ts';

export interface EndpointRows {
  readonly rows: readonly EndpointRow[];
  readonly problems: readonly string[];
}

/** What only pods of this node have. */
const NO_DEVICE = { ifindex: 0, podSlot: 0, mac: NO_MAC, flags: [] } as const;

interface Claims {
  readonly byAddr: Map<Addr, EndpointRow>;
  readonly problems: string[];
  /** Whether the first of two remote rows of one address has it. */
  readonly isBefore: (a: EndpointRow, b: EndpointRow) => boolean;
  /** Whether the node of that name has the address in one of its pod CIDRs. */
  readonly isInPodCidrs: (node: string, addr: Addr) => boolean;
}

/**
 * This node comes before its pods, which have what ADD gave them, and those before other nodes and their pods. Another
 * node's own Node object says what addresses it has, and may say anything: not those in a third node's pod CIDR. Of two
 * remote pods as `comparePods` says.
 */
export function endpointRows(world: DataplaneWorld): EndpointRows {
  const podCidrs = new Map(world.nodes.map(node => [node.name, node.podCidrs]));
  const podCidrsOf: PodCidrsOf = node => podCidrs.get(node) ?? [];
  const claims: Claims = {
    byAddr: new Map(),
    problems: [],
    isBefore: remotePrecedence(world, podCidrsOf),
    isInPodCidrs: (node, addr) => podCidrsOf(node).some(cidr => cidrContains(cidr, addr)),
  };
  for (const [addr, node] of world.owners) claims.byAddr.set(addr, nodeRow(world, addr, node));
  for (const local of world.localPods)
    for (const addr of local.attachment.addresses) claimLocal(claims, localEndpointRow(world, local, addr));
  const homeless = new Map<string, number>();
  const values: RemoteValues = new Map();
  for (const pod of world.cluster.pods.values()) {
    if (!isRemote(pod, world.self.name)) continue;
    const id = world.nodeIds.get(pod.nodeName);
    if (id === undefined) homeless.set(pod.nodeName, (homeless.get(pod.nodeName) ?? 0) + 1);
    else for (const row of remoteRows(world, pod, remoteValue(values, id))) claimRemote(claims, row);
  }
  for (const [node, count] of homeless)
    claims.problems.push(`node ${node} has no Node object: its pods (${count}) cannot be reached`);
  return { rows: [...claims.byAddr.values()], problems: claims.problems };
}

function isRemote(pod: PodObject, self: string): pod is PodObject & { readonly nodeName: string } {
  return pod.nodeName !== undefined && pod.nodeName !== self && !pod.hostNetwork && !isFinished(pod);
}

function nodeRow(world: DataplaneWorld, addr: Addr, node: string): EndpointRow {
  const kind = node === world.self.name ? 'ENDPOINT_LOCAL_HOST' : 'ENDPOINT_REMOTE_NODE';
  return rowOf(world, addr, { kind, nodeId: nodeIdOf(world, node), node });
}

/** The row of one address of a pod on this node. */
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
  const { podSlot, podMac: mac } = attachment;
  return {
    ...row,
    value: { ...row.value, ifindex, podSlot, mac, flags: slowPath ? ['PORT_SLOW_PATH'] : [] },
  };
}

type RemoteValues = Map<number, EndpointRow['value']>;

/** One for all pods of a node: there are many of them, and a value says nothing of which. */
function remoteValue(values: RemoteValues, nodeId: number): EndpointRow['value'] {
  const known = values.get(nodeId);
  if (known !== undefined) return known;
  const value = { kind: 'ENDPOINT_REMOTE_POD', nodeId, ...NO_DEVICE } as const;
  values.set(nodeId, value);
  return value;
}

/** Objects are never changed in place, so most of a large cluster's rows are those of the last time. */
const knownRows = new WeakMap<PodObject, readonly EndpointRow[]>();

function remoteRows(
  { settings: { segment } }: DataplaneWorld,
  pod: PodObject & { readonly nodeName: string },
  value: EndpointRow['value'],
): readonly EndpointRow[] {
  const known = knownRows.get(pod);
  const [first] = known ?? [];
  if (known && first?.value.nodeId === value.nodeId && first.key.segment === segment) return known;
  const { namespace, name, nodeName: node } = pod;
  const rows = pod.addresses.map(addr => ({
    key: { segment, addr },
    value,
    node,
    pod: { namespace, name },
  }));
  if (rows.length > 0) knownRows.set(pod, rows);
  return rows;
}

function rowOf(
  { settings }: Pick<DataplaneInput, 'settings'>,
  addr: Addr,
  owner: Pick<EndpointRow, 'node' | 'pod'> & Pick<EndpointRow['value'], 'kind' | 'nodeId'>,
): EndpointRow {
  const { kind, nodeId, node, pod } = owner;
  return {
    key: { segment: settings.segment, addr },
    value: { kind, nodeId, ...NO_DEVICE },
    node,
    ...(pod && { pod: { namespace: pod.namespace, name: pod.name } }),
  };
}

function claimLocal(claims: Claims, row: EndpointRow): void {
  const held = claims.byAddr.get(row.key.addr);
  if (held?.value.kind === 'ENDPOINT_REMOTE_NODE' && !claims.isInPodCidrs(held.node, row.key.addr))
    takeFrom(claims, held, row);
  else keepFirst(claims, held, row);
}

function takeFrom({ byAddr, problems }: Claims, held: EndpointRow, row: EndpointRow): void {
  byAddr.set(row.key.addr, row);
  problems.push(contested(held, row));
}

function keepFirst({ byAddr, problems }: Claims, held: EndpointRow | undefined, row: EndpointRow): void {
  if (held === undefined) byAddr.set(row.key.addr, row);
  else problems.push(contested(row, held));
}

function remotePrecedence({ cluster }: DataplaneWorld, podCidrsOf: PodCidrsOf): Claims['isBefore'] {
  const podOf = ({ pod }: EndpointRow) => pod && cluster.pods.get(podKey(pod));
  return (row, other) => {
    const [a, b] = [podOf(row), podOf(other)];
    const contest = { addr: row.key.addr, podCidrsOf };
    return a !== undefined && b !== undefined && comparePods(a, b, contest) < 0;
  };
}

function claimRemote(claims: Claims, row: EndpointRow): void {
  const held = claims.byAddr.get(row.key.addr);
  if (held !== undefined && losesTo(claims, held, row)) takeFrom(claims, held, row);
  else keepFirst(claims, held, row);
}

function losesTo({ isBefore, isInPodCidrs }: Claims, held: EndpointRow, row: EndpointRow): boolean {
  const { addr } = row.key;
  if (held.value.kind === 'ENDPOINT_REMOTE_POD') return isBefore(row, held);
  return (
    held.value.kind === 'ENDPOINT_REMOTE_NODE' &&
    isInPodCidrs(row.node, addr) &&
    !isInPodCidrs(held.node, addr)
  );
}

function contested(loser: EndpointRow, winner: EndpointRow): string {
  return `address ${loser.key.addr} of ${ownerName(loser)} is ignored: it belongs to ${ownerName(winner)}`;
}

function ownerName({ pod, node }: EndpointRow): string {
  return pod === undefined ? `node ${node}` : `pod ${podKey(pod)}`;
}
