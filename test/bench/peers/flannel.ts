// Two nodes as flannel's vxlan backend configures a kernel: a bridge for the pods, a vxlan device, static neighbours, its rules.
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { ipIn } from '../../../lab/iproute.ts';
import { removeRemnants } from '../../../lab/remnants.ts';
import { trafficOf } from '../net/devices.ts';
import type { PodEnd, PodNetwork } from '../net/pod-network.ts';
import { openUnderlay, other, underlayOf, type NodeNumber, type UnderlayShape } from '../net/underlay.ts';
import { addBridgePods, bridgedEnd } from './bridge-pods.ts';
import { writeFlannelRules } from './flannel-rules.ts';

export { podAddress } from '../net/underlay.ts';

export interface FlannelPair extends PodNetwork {
  /** Packets that have left a node in the tunnel. */
  tunnelled(end: PodEnd): number;
}

const VXLAN = 'flannel.1';
const MTU = 1_450;
/** Linux's own, which flannel uses. */
const VXLAN_PORT = 8_472;

/** Under that name; an earlier one that was left is removed first. */
export async function openFlannelPair(name: string, shape?: UnderlayShape): Promise<FlannelPair> {
  const underlay = await openUnderlay(name, shape);
  for (const { number, netns } of underlay.nodes) {
    addTunnel(number, netns);
    writeFlannelRules(netns, `10.244.${number}.0/24`);
  }
  addBridgePods(underlay, MTU);
  const [from, to, neighbour] = underlay.pods;
  return {
    ...{ from: bridgedEnd(from), to: bridgedEnd(to), neighbour: bridgedEnd(neighbour) },
    wire: underlay.wire,
    carriage: { kind: 'vxlan', port: VXLAN_PORT },
    tunnelled: ({ nodeNetns }) => trafficOf(nodeNetns, VXLAN).sent.packets,
    [Symbol.asyncDispose]: () => removeRemnants(name),
  };
}

function addTunnel(number: NodeNumber, netns: string): void {
  const there = other(number);
  ipIn(netns, [
    `link add ${VXLAN} address ${vtepMac(number)} mtu ${MTU} type vxlan id 1 dstport ${VXLAN_PORT} local ${underlayOf(number)} dev eth0 nolearning`,
    `link set ${VXLAN} up`,
    `address add 10.244.${number}.0/32 dev ${VXLAN}`,
    `neigh add 10.244.${there}.0 lladdr ${vtepMac(there)} dev ${VXLAN} nud permanent`,
    `route add 10.244.${there}.0/24 via 10.244.${there}.0 dev ${VXLAN} onlink`,
  ]);
  const entry = ['fdb', 'add', vtepMac(there), 'dev', VXLAN, 'dst', underlayOf(there)];
  execFileSync('bridge', ['-n', basename(netns), ...entry]);
}

function vtepMac(number: NodeNumber): string {
  return `02:00:00:00:0a:0${number}`;
}
