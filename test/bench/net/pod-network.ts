// What is compared: two nodes, two pods on the first and one on the second, however their packets travel.
import { writeSysctls } from '../../../lab/iproute.ts';
import type { Carriage } from './carriage.ts';
import type { Wire } from './underlay.ts';

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
  /** Between the nodes, whose ends are `eth0`. */
  readonly wire: Wire;
  /** What its packets must look like between the nodes. */
  readonly carriage: Carriage;
}

/** Of the connections that its pods open from now on. */
export function useCongestionControl({ from, to, neighbour }: PodNetwork, name: string): void {
  for (const { netns } of [from, to, neighbour])
    writeSysctls(netns, { 'net.ipv4.tcp_congestion_control': name });
}
