// One row of hd_endpoint: an address of a node, of a local pod, of a pod on another node.
import type { Addr } from 'ip';
import {
  nodeIdOf,
  type LocalNode,
  type LocalPod,
  type ResolvedInput,
  type TablesInput,
} from './tables-input.ts';
import { NO_MAC, type EndpointRow } from './table-rows.ts';
import { isFinished, type PodObject } from './objects.ts';

/** A pod with a row on this node because it is on another one. */
export type RemotePod = PodObject & { readonly nodeName: string };

/** Values of rows that are not local pods. */
const NO_DEVICE = { ifindex: 0, podId: 0, mac: NO_MAC, flags: [] } as const;

export function isRemotePod(pod: PodObject, self: string): pod is RemotePod {
  return pod.nodeName !== undefined && pod.nodeName !== self && !pod.hostNetwork && !isFinished(pod);
}

export function nodeEndpointRow(world: ResolvedInput, addr: Addr, node: string): EndpointRow {
  const kind = node === world.self.name ? 'ENDPOINT_LOCAL_HOST' : 'ENDPOINT_REMOTE_NODE';
  return rowOf(world, addr, { kind, nodeId: nodeIdOf(world, node), node });
}

/** All VIPs' rows have one value. */
const SERVICE_VALUE: EndpointRow['value'] = { kind: 'ENDPOINT_SERVICE', nodeId: 0, ...NO_DEVICE };

export function serviceEndpointRow(
  { tunnel }: Pick<TablesInput, 'tunnel'>,
  addr: Addr,
  service: NonNullable<EndpointRow['service']>,
): EndpointRow {
  return { key: { vni: tunnel.vni, addr }, value: SERVICE_VALUE, node: '', service };
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

export type RemoteValues = Map<number, EndpointRow['value']>;

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

/** One for each of the pod's addresses; `values` is shared by all pods. */
export function remoteEndpointRows(
  world: Pick<TablesInput, 'tunnel' | 'nodeIds'>,
  pod: RemotePod,
  values: RemoteValues,
): readonly EndpointRow[] {
  const { vni } = world.tunnel;
  const value = remoteValue(values, nodeIdOf(world, pod.nodeName));
  const known = knownRows.get(pod);
  const [first] = known ?? [];
  if (known && first?.value.nodeId === value.nodeId && first.key.vni === vni) return known;
  const { namespace, name, nodeName: node } = pod;
  const rows = pod.addresses.map(addr => ({ key: { vni, addr }, value, node, pod: { namespace, name } }));
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
    ...(pod && { pod }),
  };
}
