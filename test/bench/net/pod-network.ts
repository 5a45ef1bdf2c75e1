// What is compared: two nodes, two pods on the first and one on the second, however their packets travel.
import { writeSysctls } from '../../../lab/iproute.ts';
import type { Carriage } from './carriage.ts';

export interface PodEnd {
  readonly netns: string;
  /** Of the node that the pod is on. */
  readonly nodeNetns: string;
  readonly address: string;
  /** MAC that the pod sends to whatever is not itself. */
  readonly gatewayMac: string;
}

export interface PodNetwork extends AsyncDisposable {
  readonly from: PodEnd;
  /** On the other node. */
  readonly to: PodEnd;
  /** On the node of `from`. */
  readonly neighbour: PodEnd;
  /** Of the switch between the nodes; its ports are `n1` and `n2`, the nodes' ends `eth0`. */
  readonly fabricNetns: string;
  /** What its packets must look like between the nodes. */
  readonly carriage: Carriage;
}

/** Of the connections that its pods open from now on. */
export function useCongestionControl({ from, to, neighbour }: PodNetwork, name: string): void {
  for (const { netns } of [from, to, neighbour])
    writeSysctls(netns, { 'net.ipv4.tcp_congestion_control': name });
}
