// A node of a cluster, without its wires: its programs loaded, its maps filled by the product, its policy by the writer.
import { type Addr, type Mac, parseCidr } from 'ip';
import { syncTable } from '../../../loader/tables/sync-table.ts';
import { unknownNode, type TablesInput, type LocalPod } from '../../../loader/model/tables-input.ts';
import { desiredTables } from '../../../loader/model/desired-tables.ts';
import { gatewayMac, overlayMac, podMac } from '../../../loader/model/derived-macs.ts';
import { emptyCluster, type PodObject } from '../../../loader/model/objects.ts';
import type { PolicyInput } from '../../../loader/policy/compiled.ts';
import { ifaceEntry, nodeEntry, routeEntry } from '../../../loader/tables/encode-rows.ts';
import type { OnStep } from '../../../loader/policy-writer/banked-tables.ts';
import { PolicyWriter } from '../../../loader/policy-writer/policy-writer.ts';
import { syncTunnelEnds } from '../../../loader/reconcilers/tunnel-ends.ts';
import { ip } from './devices.ts';
import { loadProductNode, type ProductNode } from './product-node.ts';

export const VNI = 1;
const MTU = 1500;
const UPLINK = 10;
const OVERLAY = 20;
/** The device of the pod with pod id 0, if there were one. */
const PODS = 1_000;

export interface PolicyNodeOptions {
  readonly onStep?: OnStep;
  readonly gracePeriod?: () => Promise<void>;
}

export interface PolicyNode extends Disposable {
  readonly node: ProductNode;
  readonly writer: PolicyWriter;
}

/** Where it is attached, in the contexts of test runs. */
export const IFINDEX = { uplink: UPLINK, overlay: OVERLAY, pod: (podId: number) => PODS + podId } as const;

export const MAC = {
  gateway: gatewayMac,
  overlay: overlayMac,
  /** Of a node's uplink. */
  uplink: (node: string): Mac => overlayMac(`uplink of ${node}`),
  pod: ({ name }: { readonly name: string }): Mac => podMac(name, 'eth0'),
} as const;

/**
 * The devices of a node and of so many of its pods, in this process's namespace: down, and of a kind that every kernel
 * has; test runs only name them. A frame to another MAC than its device's is not for this node.
 */
export function createNodeDevices(node: string, pods: number): void {
  const device = (name: string, index: number, mac: Mac): string =>
    `link add index ${index} name ${name} address ${mac} mtu ${MTU} type bridge`;
  ip([
    device('uplink', UPLINK, MAC.uplink(node)),
    device('overlay', OVERLAY, MAC.overlay(node)),
    ...Array.from({ length: pods }, (_, i) => device(`pod${i + 1}`, PODS + i + 1, MAC.gateway(node))),
  ]);
}

/** `input.subjects` are its pods, as objects. */
export function openPolicyNode(input: PolicyInput, options: PolicyNodeOptions = {}): PolicyNode {
  const node = loadProductNode({
    ...{ name: input.nodeName, nodeId: 1, vni: VNI },
    overlayIfindex: OVERLAY,
  });
  const onFailure = (error: unknown): void => {
    throw error;
  };
  const writer = new PolicyWriter({ vni: VNI, onChange: () => undefined, onFailure, ...options });
  writer.sync(node.maps, input, 'incremental');
  const tables = desiredTables(tablesInput(input));
  syncTable(node.maps.hd_node, tables.nodes.map(nodeEntry));
  syncTunnelEnds(node.maps.hd_control, input.nodes.get(input.nodeName) ?? unknownNode(input.nodeName));
  syncTable(node.maps.hd_route, tables.routes.map(routeEntry));
  syncTable(node.maps.hd_iface, tables.ifaces.map(ifaceEntry));
  writer.syncEndpoints(tables.endpoints);
  return {
    node,
    writer,
    [Symbol.dispose]: () => {
      writer[Symbol.dispose]();
      node[Symbol.dispose]();
    },
  };
}

function tablesInput({ nodeName, nodes, namespaces, pods, subjects }: PolicyInput): TablesInput {
  const addresses = [...nodes.values()].flatMap(({ name, internalAddresses }) =>
    internalAddresses.map((addr): [Addr, Mac] => [addr, MAC.uplink(name)]),
  );
  const own = [...pods.values()].filter(pod => pod.nodeName === nodeName);
  const podIdOf = (pod: PodObject): number =>
    [...subjects].find(([, subject]) => subject.addresses[0] === pod.addresses[0])?.[0] ?? 0;
  return {
    cluster: { ...emptyCluster, nodes, namespaces, pods },
    localPods: own.map(pod => localPod(pod, podIdOf(pod))),
    facts: {
      nodeName,
      uplinks: [
        {
          ...{ ifindex: UPLINK, mtu: MTU, addresses: nodes.get(nodeName)?.internalAddresses ?? [] },
          ...{ connected: [parseCidr('192.168.0.0/16')], gateways: new Map() },
          neighbours: new Map(addresses),
        },
      ],
      overlayIfindex: OVERLAY,
    },
    tunnel: { encapsulation: 'always', family: 'auto', vni: VNI },
    nodeIds: new Map([...nodes.keys()].map((name, i) => [name, i + 1])),
    guardedUplinks: [UPLINK],
  };
}

function localPod(pod: PodObject, podId: number): LocalPod {
  const { namespace, name, addresses } = pod;
  return {
    attachment: {
      ...{ containerId: name, ifname: 'eth0', hostInterface: `pod${podId}`, podMac: MAC.pod(pod) },
      ...{ addresses, pod: { namespace, name }, podId, mtu: MTU },
      ...{ bootId: '', createdAtMs: 0, phase: 'attached' },
    },
    ifindex: IFINDEX.pod(podId),
    slowPath: false,
  };
}
