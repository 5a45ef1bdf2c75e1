// Pods as flannel's nodes have them, whatever its backend: on a bridge that is their gateway.
import { basename } from 'node:path';
import { ipIn } from '../../../lab/iproute.ts';
import type { PodEnd } from '../net/pod-network.ts';
import type { NodeNumber, PeerPod, Underlay } from '../net/underlay.ts';

const BRIDGE = 'cni0';

export function addBridgePods({ nodes, pods }: Underlay, mtu: number): void {
  for (const { number, netns } of nodes)
    ipIn(netns, [
      `link add ${BRIDGE} address ${bridgeMac(number)} mtu ${mtu} type bridge`,
      `link set ${BRIDGE} up`,
      `address add 10.244.${number}.1/24 dev ${BRIDGE}`,
    ]);
  for (const pod of pods) {
    const podNetns = basename(pod.netns);
    ipIn(pod.nodeNetns, [
      `link add pod${pod.number} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${podNetns}`,
      `link set pod${pod.number} master ${BRIDGE} up`,
    ]);
    ipIn(pod.netns, [
      `address add ${pod.address}/24 dev eth0`,
      'link set eth0 up',
      `route add default via 10.244.${pod.node}.1`,
    ]);
  }
}

export function bridgedEnd({ netns, nodeNetns, address, node }: PeerPod): PodEnd {
  return { netns, nodeNetns, address, gatewayMac: bridgeMac(node) };
}

function bridgeMac(number: NodeNumber): string {
  return `02:00:00:00:0b:0${number}`;
}
