// A small cluster for the tests of the tables: this node is 'a'; 'b' is its neighbour, 'c' is behind a router.
import { type Addr, parseAddr, parseCidr, parseMac } from 'ip';
import type { Attachment } from '../../../loader/model/attachment.ts';
import type { TablesInput, LocalPod } from '../../../loader/model/tables-input.ts';
import { desiredTables, type DesiredTables } from '../../../loader/model/desired-tables.ts';
import type { EndpointRow } from '../../../loader/model/table-rows.ts';
import type { NodeFacts, TunnelSettings, UplinkFacts } from '../../../loader/model/node-facts.ts';
import { assignNodeIds, noNodeIds } from '../../../loader/model/node-ids.ts';
import { emptyCluster, podKey, type NodeObject, type PodObject } from '../../../loader/model/objects.ts';

export const VNI = 7;
export const UPLINK = 2;
export const OVERLAY = 3;
export const NEIGHBOUR_MAC = parseMac('52:54:00:00:00:0b');

export interface NodeTexts {
  readonly cidrs?: readonly string[];
  readonly internal?: readonly string[];
  readonly external?: readonly string[];
  readonly tunnel?: readonly string[];
  readonly vtepMac?: string;
}

export function node(name: string, texts: NodeTexts = {}): NodeObject {
  const { cidrs = [], internal = [], external = [], tunnel = [], vtepMac } = texts;
  return {
    name,
    labels: {},
    podCidrs: cidrs.map(parseCidr),
    internalAddresses: internal.map(parseAddr),
    externalAddresses: external.map(parseAddr),
    tunnelAddresses: tunnel.map(parseAddr),
    ...(vtepMac !== undefined && { vtepMac: parseMac(vtepMac) }),
  };
}

export const NODES: readonly NodeObject[] = [
  node('a', { cidrs: ['10.1.0.0/24', 'fd00:1::/64'], internal: ['192.0.2.1', '2001:db8::1'] }),
  node('b', { cidrs: ['10.2.0.0/24', 'fd00:2::/64'], internal: ['192.0.2.2', '2001:db8::2'] }),
  node('c', { cidrs: ['10.3.0.0/24', 'fd00:3::/64'], internal: ['198.51.100.3', '2001:db8:c::3'] }),
];

export function pod(
  name: string,
  nodeName: string,
  addresses: readonly string[],
  more: Partial<PodObject> = {},
): PodObject {
  return {
    namespace: 'default',
    name,
    labels: {},
    nodeName,
    hostNetwork: false,
    phase: 'Running',
    addresses: addresses.map(parseAddr),
    ports: [],
    ...more,
  };
}

export function localPod(name: string, addresses: readonly string[], more: Partial<LocalPod> = {}): LocalPod {
  const attachment: Attachment = {
    containerId: `c-${name}`,
    ifname: 'eth0',
    hostInterface: `hd${name}`,
    podMac: parseMac('02:00:00:00:00:05'),
    addresses: addresses.map(parseAddr),
    pod: { namespace: 'default', name },
    podId: 4,
    mtu: 1450,
    bootId: 'boot',
    createdAtMs: 0,
    phase: 'attached',
  };
  return { attachment, ifindex: 11, slowPath: false, ...more };
}

export interface ClusterTexts {
  readonly nodes?: readonly NodeObject[];
  readonly pods?: readonly PodObject[];
  readonly localPods?: readonly LocalPod[];
  readonly settings?: Partial<TunnelSettings>;
  readonly uplink?: Partial<UplinkFacts>;
  /** Beside that one. */
  readonly moreUplinks?: readonly UplinkFacts[];
  /** Indexes; none unless given. */
  readonly guardedUplinks?: readonly number[];
}

const FACTS: Omit<NodeFacts, 'uplinks'> = {
  nodeName: 'a',
  overlayIfindex: OVERLAY,
};

const UPLINK_FACTS: UplinkFacts = {
  ifindex: UPLINK,
  mtu: 1500,
  addresses: ['192.0.2.1', '2001:db8::1'].map(parseAddr),
  connected: ['192.0.2.0/24', '2001:db8::/64'].map(parseCidr),
  gateways: new Map<Addr, Addr>(),
  neighbours: new Map([[parseAddr('192.0.2.2'), NEIGHBOUR_MAC]]),
};

export function inputOf(texts: ClusterTexts = {}): TablesInput {
  const { nodes = NODES, pods = [], localPods = [], settings = {}, uplink = {}, moreUplinks = [] } = texts;
  const { guardedUplinks = [] } = texts;
  return {
    cluster: {
      ...emptyCluster,
      nodes: new Map(nodes.map(each => [each.name, each])),
      pods: new Map(pods.map(each => [podKey(each), each])),
    },
    localPods,
    facts: { ...FACTS, uplinks: [{ ...UPLINK_FACTS, ...uplink }, ...moreUplinks] },
    tunnel: { encapsulation: 'always', family: 'auto', vni: VNI, ...settings },
    nodeIds: assignNodeIds([node('a'), ...nodes.filter(({ name }) => name !== 'a')], noNodeIds),
    guardedUplinks,
  };
}

/** With the rows of hd_endpoint as a list, as those of other tables. */
export type ListedTables = Omit<DesiredTables, 'endpoints'> & { readonly endpoints: readonly EndpointRow[] };

export function tablesOf(texts: ClusterTexts = {}): ListedTables {
  const tables = desiredTables(inputOf(texts));
  return { ...tables, endpoints: [...tables.endpoints.values()] };
}
