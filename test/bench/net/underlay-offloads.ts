// What the wire between the nodes takes: super-packets as they are, or only what fits its MTU, as with most NICs and tunnels.
import { setFeatures, writeSysctls } from '../../../lab/iproute.ts';
import type { PodNetwork } from './pod-network.ts';

export type UnderlayKind = 'offload' | 'wire';

/** Every way to hand a device more than one packet at once. */
const SEGMENTATION = ['tso', 'gso', 'tx-udp_tnl-segmentation', 'tx-udp_tnl-csum-segmentation'] as const;
const UDP_SEGMENTATION = ['tx-udp-segmentation', 'tx-gso-list'] as const;

/**
 * A veth drops what its ring (256 packets) or the kernel's backlog (1,000) has no room for, where a NIC would hold the
 * sender back: connections may have less than that under way, or losses are all that is measured. Bytes.
 */
const RECEIVE_BUFFER = '4096 131072 300000';

/** Packets arrive one by one, and are merged where a NIC's driver would: at the nodes' `eth0`. */
export function sendOneByOne({ from, to, wire }: PodNetwork): void {
  const off = [...SEGMENTATION, ...UDP_SEGMENTATION].flatMap(feature => [feature, 'off']);
  for (const { nodeNetns } of [from, to]) setFeatures(nodeNetns, { eth0: off });
  for (const { netns, device } of wire.ports) setFeatures(netns, { [device]: off });
  for (const { netns } of [from, to]) writeSysctls(netns, { 'net.ipv4.tcp_rmem': RECEIVE_BUFFER });
}
