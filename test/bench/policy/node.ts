// The measured node: its programs loaded, its maps filled by the product for the whole cluster.
import type { HookName } from '../../../loader/abi/hook-name.ts';
import { syncTable } from '../../../loader/maps/sync-table.ts';
import { parseCidr } from '../../../loader/model/cidr.ts';
import type { DataplaneInput, LocalPod } from '../../../loader/model/dataplane-input.ts';
import { dataplaneTables } from '../../../loader/model/dataplane-tables.ts';
import { gatewayMac, overlayMac, podMac } from '../../../loader/model/derived-macs.ts';
import type { Mac } from '../../../loader/model/mac.ts';
import { emptyCluster, type PodObject } from '../../../loader/model/objects.ts';
import type { PolicyInput } from '../../../loader/policy/compiled.ts';
import { nodeEntry, portEntry, routeEntry } from '../../../loader/reconcile/encode-rows.ts';
import { PolicyPlane } from '../../../loader/reconcile/policy-plane.ts';
import type { OnStep } from '../../../loader/reconcile/plane-tables.ts';
import { ip } from '../../support/bpf/devices.ts';
import { loadProductNode, type ProductNode } from '../../support/bpf/product-node.ts';
import { MEASURED, OWN_NODE, UNDERLAY, type Cluster } from './cluster.ts';

export const SEGMENT = 1;
export const DEVICE = { uplink: 10, overlay: 20, pod: 31 } as const;
export const MAC = {
  uplink: overlayMac('uplink of n0'),
  remoteUplink: overlayMac('uplink of n1'),
  gateway: gatewayMac(OWN_NODE),
  overlay: overlayMac(OWN_NODE),
  remoteOverlay: overlayMac('n1'),
  pod: podMac('measured', 'eth0'),
} as const;

/** A frame to another address than its device's is not for this node. */
const ADDRESS: Readonly<Record<string, Mac>> = { uplink: MAC.uplink, overlay: MAC.overlay, pod: MAC.gateway };
const MTU = 1500;

export interface PolicyNode extends Disposable {
  readonly node: ProductNode;
  readonly plane: PolicyPlane;
}

/** Down, and of a kind that every kernel has: test runs only name them. Once for all nodes of the process. */
export function createDevices(): void {
  ip(
    Object.entries(DEVICE).map(
      ([name, index]) =>
        `link add index ${index} name ${name} address ${ADDRESS[name]} mtu ${MTU} type bridge`,
    ),
  );
}

export function openPolicyNode(cluster: Cluster, input: PolicyInput, onStep?: OnStep): PolicyNode {
  const node = loadProductNode({
    ...{ name: OWN_NODE, nodeId: 1, segment: SEGMENT },
    ...{ uplinkIfindex: DEVICE.uplink, overlayIfindex: DEVICE.overlay },
  });
  const fail = (error: unknown): void => {
    throw error;
  };
  const plane = new PolicyPlane({
    ...{ segment: SEGMENT, onChange: () => undefined, onFailure: fail },
    ...(onStep && { onStep }),
  });
  plane.pass(node.maps, input, { verify: false });
  const tables = dataplaneTables(dataplaneInput(cluster));
  syncTable(node.maps.hd_node, tables.nodes.map(nodeEntry));
  syncTable(node.maps.hd_route, tables.routes.map(routeEntry));
  syncTable(node.maps.hd_port, tables.ports.map(portEntry));
  plane.syncEndpoints(tables.endpoints);
  return {
    node,
    plane,
    [Symbol.dispose]: () => {
      plane[Symbol.dispose]();
      node[Symbol.dispose]();
    },
  };
}

export function hookOf({ node }: PolicyNode, hook: HookName): ReturnType<ProductNode['program']> {
  return node.program(hook);
}

function dataplaneInput({ nodes, namespaces, pods }: Cluster): DataplaneInput {
  const own = [...pods.values()].filter(pod => pod.nodeName === OWN_NODE);
  return {
    cluster: { ...emptyCluster, nodes, namespaces, pods },
    localPods: own.map((pod, i) => localPod(pod, i + 1)),
    facts: {
      nodeName: OWN_NODE,
      uplink: {
        ...{ ifindex: DEVICE.uplink, mtu: MTU, addresses: [UNDERLAY.own] },
        ...{ connected: [parseCidr('192.168.0.0/16')], gateways: new Map() },
        neighbours: new Map([[UNDERLAY.remote, MAC.remoteUplink]]),
      },
      overlayIfindex: DEVICE.overlay,
    },
    settings: { encapsulation: 'always', family: 'auto', segment: SEGMENT },
    nodeIds: new Map([...nodes.keys()].map((name, i) => [name, i + 1])),
  };
}

/** Only the measured one's device is there. */
function localPod({ namespace, name, addresses }: PodObject, podSlot: number): LocalPod {
  const isMeasured = podSlot === MEASURED.slot;
  return {
    attachment: {
      ...{ containerId: name, ifname: 'eth0', hostInterface: `pod${podSlot}` },
      ...{ podMac: isMeasured ? MAC.pod : podMac(name, 'eth0'), addresses, pod: { namespace, name } },
      ...{ podSlot, mtu: MTU, bootId: '', createdAtMs: 0, phase: 'attached' },
    },
    ifindex: isMeasured ? DEVICE.pod : DEVICE.pod + podSlot,
    slowPath: false,
  };
}
