// Pods behind routes of their own, without a bridge: a veth each, a /32 route, and a gateway that answers every ARP.
import { basename } from 'node:path';
import { ipIn, writeSysctls } from '../../../lab/iproute.ts';
import type { PodEnd } from '../net/pod-network.ts';
import { other, underlayOf, type PeerPod, type Underlay } from '../net/underlay.ts';

/** A link-local address that no device has: what a pod's default route names. */
const GATEWAY = '169.254.1.1';
/** Calico's, for every pod. */
const GATEWAY_MAC = 'ee:ee:ee:ee:ee:ee';

/** Named so that one rule can speak of all of them. */
export function podDevice({ number }: PeerPod): string {
  return `cali${number}`;
}

/** `more`: settings of a pod's device, beside those that it cannot do without. */
export function addRoutedPods({ nodes, pods }: Underlay, more: Readonly<Record<string, string>> = {}): void {
  for (const pod of pods) addPod(pod, { proxy_arp: '1', forwarding: '1', ...more });
  for (const { number, netns } of nodes) {
    const there = other(number);
    ipIn(netns, [`route add 10.244.${there}.0/24 via ${underlayOf(there)} dev eth0`]);
  }
}

export function routedEnd({ netns, nodeNetns, address }: PeerPod): PodEnd {
  return { netns, nodeNetns, address, gatewayMac: GATEWAY_MAC };
}

function addPod(pod: PeerPod, settings: Readonly<Record<string, string>>): void {
  const device = podDevice(pod);
  ipIn(pod.nodeNetns, [
    `link add ${device} address ${GATEWAY_MAC} type veth peer name eth0 netns ${basename(pod.netns)}`,
    `link set ${device} up`,
    `route add ${pod.address} dev ${device} scope link`,
  ]);
  const ofDevice = Object.entries(settings).map(([key, value]) => [`net.ipv4.conf.${device}.${key}`, value]);
  // Else the first ARP is answered after most of a second.
  const delay = { [`net.ipv4.neigh.${device}.proxy_delay`]: '0' };
  writeSysctls(pod.nodeNetns, { ...(Object.fromEntries(ofDevice) as Record<string, string>), ...delay });
  ipIn(pod.netns, [
    `address add ${pod.address}/32 dev eth0`,
    'link set eth0 up',
    `route add ${GATEWAY} dev eth0 scope link`,
    `route add default via ${GATEWAY} dev eth0`,
  ]);
}
