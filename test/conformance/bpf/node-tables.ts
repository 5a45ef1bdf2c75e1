// What a node's daemon writes about pods, nodes and routes, computed and encoded by the product's own code.
import { type Addr, isIpv4Cidr, type Mac, parseAddr, parseCidr } from 'ip';
import { syncTable } from '../../../loader/tables/sync-table.ts';
import type { TablesInput, LocalPod } from '../../../loader/model/tables-input.ts';
import { desiredTables, type DesiredTables } from '../../../loader/model/desired-tables.ts';
import { podMac } from '../../../loader/model/derived-macs.ts';
import type { TunnelSettings } from '../../../loader/model/node-facts.ts';
import { emptyCluster, podKey, type NodeObject, type PodKey } from '../../../loader/model/objects.ts';
import { ifaceEntry, nodeEntry, routeEntry } from '../../../loader/tables/encode-rows.ts';
import type { PolicyWriter } from '../../../loader/policy-writer/policy-writer.ts';
import type { World, WorldPod } from '../../support/policy/world.ts';
import { LevelError } from '../level.ts';
import type { ReadWorld } from '../policy-input.ts';
import { VNI, UPLINK_MTU, type Machine } from './machine.ts';

export interface NodeView {
  readonly world: World;
  readonly read: ReadWorld;
  readonly name: string;
  /** Of every node of the world. */
  readonly machines: ReadonlyMap<string, Machine>;
  /** Of this node's pods. */
  readonly podIds: ReadonlyMap<PodKey, number>;
  readonly encapsulation: TunnelSettings['encapsulation'];
}

/** Everybody is a neighbour on the underlay. */
const CONNECTED = ['0.0.0.0/0', '::/0'].map(parseCidr);
/** A netfilter test run knows no ingress device: its packets come from number 0, so pods must be behind it. */
const NO_DEVICE = 0;

export function tablesOf(view: NodeView): DesiredTables {
  const tables = desiredTables(inputOf(view));
  const [problem] = tables.problems;
  if (problem !== undefined) throw new LevelError(`node ${view.name}: ${problem}`);
  return tables;
}

/** hd_endpoint is the plane's: it adds identities. */
export function writeTables({ maps }: Machine, tables: DesiredTables, writer: PolicyWriter): void {
  const endpoints = new Map(
    Array.from(tables.endpoints, ([addr, row]) => [
      addr,
      { ...row, value: { ...row.value, ifindex: NO_DEVICE } },
    ]),
  );
  syncTable(maps.hd_node, tables.nodes.map(nodeEntry));
  syncTable(maps.hd_route, tables.routes.map(routeEntry));
  writer.syncEndpoints(endpoints);
  syncTable(maps.hd_iface, tables.ifaces.map(ifaceEntry));
}

export function podMacOf(pod: WorldPod): Mac {
  return podMac(podKey(pod), 'eth0');
}

function inputOf({ read, name, machines, podIds, world, encapsulation }: NodeView): TablesInput {
  const machine = machineOf(machines, name);
  const own = read.nodes.get(name);
  const localPods = world.pods
    .filter(pod => pod.node === name && pod.hostNetwork !== true)
    .map(pod => localPod(machine, pod, podIds.get(podKey(pod)) ?? 0));
  const neighbours = new Map(
    [...read.nodes.values()].flatMap(node =>
      node.internalAddresses.map((addr): [Addr, Mac] => [addr, machineOf(machines, node.name).uplinkMac]),
    ),
  );
  return {
    cluster: { ...emptyCluster, nodes: read.nodes, namespaces: read.namespaces, pods: read.pods },
    localPods,
    guardedUplinks: [machine.uplinkIfindex],
    facts: {
      nodeName: name,
      uplinks: [
        {
          ifindex: machine.uplinkIfindex,
          mtu: UPLINK_MTU,
          addresses: own?.internalAddresses ?? [],
          connected: CONNECTED,
          gateways: new Map(),
          neighbours,
        },
      ],
      overlayIfindex: machine.overlayIfindex,
    },
    tunnel: { encapsulation, family: 'auto', vni: VNI },
    nodeIds: new Map([...machines].map(([node, { number }]) => [node, number])),
  };
}

export function machineOf(machines: ReadonlyMap<string, Machine>, node: string): Machine {
  const machine = machines.get(node);
  if (machine === undefined) throw new LevelError(`no machine plays node ${node}`);
  return machine;
}

function localPod(machine: Machine, pod: WorldPod, podId: number): LocalPod {
  return {
    attachment: {
      containerId: podKey(pod),
      ifname: 'eth0',
      hostInterface: `dev${machine.podIfindex(podId)}`,
      podMac: podMacOf(pod),
      addresses: pod.ips.map(parseAddr),
      pod: { namespace: pod.namespace, name: pod.name },
      podId,
      mtu: UPLINK_MTU,
      bootId: '',
      createdAtMs: 0,
      phase: 'attached',
    },
    ifindex: machine.podIfindex(podId),
    slowPath: false,
  };
}

/**
 * Its overlay device gets addresses of which no case speaks (RFC 2544, RFC 5180), one of each family of its pods:
 * those of a node's first pod CIDR may be a pod's here.
 */
export function withOverlayCidrs(node: NodeObject, number: number): NodeObject {
  const invented = [`198.19.${number}.0/24`, `2001:2:0:${number.toString(16)}::/64`].map(parseCidr);
  const own = invented.filter(cidr => node.podCidrs.some(other => isIpv4Cidr(other) === isIpv4Cidr(cidr)));
  return { ...node, podCidrs: [...own, ...node.podCidrs] };
}
