// hd_endpoint: every single address of the cluster that has a meaning, each with one owner.
import type { Addr } from './addr.ts';
import {
  nodeIdOf,
  type DataplaneInput,
  type DataplaneWorld,
  type LocalNode,
  type LocalPod,
} from './dataplane-input.ts';
import { NO_MAC, type EndpointRow } from './dataplane-rows.ts';
import { isFinished, podKey, type PodObject } from './objects.ts';

export interface EndpointRows {
  readonly rows: readonly EndpointRow[];
  readonly problems: readonly string[];
}

interface Claims {
  readonly byAddr: Map<Addr, EndpointRow>;
  readonly problems: string[];
}

/** Nodes come before local pods, local pods before remote ones; of two remote pods the one whose name sorts first. */
export function endpointRows(world: DataplaneWorld): EndpointRows {
  const claims: Claims = { byAddr: new Map(), problems: [] };
  for (const [addr, node] of world.owners) claims.byAddr.set(addr, nodeRow(world, addr, node));
  for (const local of world.localPods)
    for (const addr of local.attachment.addresses) claimLocal(claims, localEndpointRow(world, local, addr));
  const homeless = new Map<string, number>();
  for (const pod of world.cluster.pods.values()) {
    if (!isRemote(pod, world.self.name)) continue;
    const id = world.nodeIds.get(pod.nodeName);
    if (id === undefined) homeless.set(pod.nodeName, (homeless.get(pod.nodeName) ?? 0) + 1);
    else for (const row of remoteRows(world, pod, id)) claimRemote(claims, row);
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

interface RemoteRows {
  readonly nodeId: number;
  readonly segment: number;
  readonly rows: readonly EndpointRow[];
}

/** Objects are never changed in place, so most of a large cluster's rows are those of the last time. */
const knownRows = new WeakMap<PodObject, RemoteRows>();

function remoteRows(
  world: DataplaneWorld,
  pod: PodObject & { readonly nodeName: string },
  nodeId: number,
): readonly EndpointRow[] {
  const { segment } = world.settings;
  const known = knownRows.get(pod);
  if (known?.nodeId === nodeId && known.segment === segment) return known.rows;
  const owner = { kind: 'ENDPOINT_REMOTE_POD', nodeId, node: pod.nodeName, pod } as const;
  const rows = pod.addresses.map(addr => rowOf(world, addr, owner));
  knownRows.set(pod, { nodeId, segment, rows });
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
    value: { kind, nodeId, ifindex: 0, podSlot: 0, mac: NO_MAC, flags: [] },
    node,
    ...(pod && { pod: { namespace: pod.namespace, name: pod.name } }),
  };
}

function claimLocal({ byAddr, problems }: Claims, row: EndpointRow): void {
  const held = byAddr.get(row.key.addr);
  if (held === undefined) byAddr.set(row.key.addr, row);
  else problems.push(contested(row, held));
}

function claimRemote({ byAddr, problems }: Claims, row: EndpointRow): void {
  const held = byAddr.get(row.key.addr);
  if (held === undefined) byAddr.set(row.key.addr, row);
  else if (held.value.kind === 'ENDPOINT_REMOTE_POD' && ownerName(row) < ownerName(held)) {
    byAddr.set(row.key.addr, row);
    problems.push(contested(held, row));
  } else problems.push(contested(row, held));
}

function contested(loser: EndpointRow, winner: EndpointRow): string {
  return `address ${loser.key.addr} of ${ownerName(loser)} is ignored: it belongs to ${ownerName(winner)}`;
}

function ownerName({ pod, node }: EndpointRow): string {
  return pod === undefined ? `node ${node}` : `pod ${podKey(pod)}`;
}
