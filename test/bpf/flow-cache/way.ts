// One direction of a flow between a pod of this node and another: where its packets are seen, and what stands around them.
import { DEVICE, FAMILIES, MAC, OVERLAY6_NODE, type View } from '../../support/bpf/cluster.ts';
import type { HookName } from '../../support/bpf/table.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { outOfTunnel, type Tunnel } from '../tables/tunnel.ts';

/** What a variant changes around the IP packet; what a direction does not have it leaves alone. */
export interface Around {
  readonly tunnel?: Tunnel;
  readonly source?: string;
  readonly destination?: string;
}

export interface Direction {
  readonly name: string;
  readonly hook: HookName;
  readonly ifindex: number;
  readonly from: string;
  readonly to: string;
  readonly wrap: (ip: Packet, around: Around) => Packet;
  /** Comes out of one. */
  readonly isTunnel: boolean;
  /** Leaves by an uplink, whose path takes no longer packets than its MTU. */
  readonly isToNode: boolean;
}

function sent(view: View, name: string, to: string): Direction {
  return {
    ...{ name: `${view.family}: ${name}`, hook: 'pod_tx', ifindex: DEVICE.pod, from: view.pod, to },
    isTunnel: false,
    isToNode: to !== view.sibling,
    wrap: (ip, { source = MAC.pod, destination = MAC.gateway }) => eth(source, destination).with(ip),
  };
}

function received(
  view: View,
  name: string,
  { from, ...way }: Pick<Direction, 'from' | 'wrap' | 'isTunnel'>,
): Direction {
  return {
    ...{ name: `${view.family}: ${name}`, hook: 'uplink_rx', ifindex: DEVICE.uplink },
    ...{ from, to: view.pod, isToNode: false, ...way },
  };
}

export const DIRECTIONS: readonly Direction[] = FAMILIES.flatMap(view => [
  sent(view, 'to a pod of the same node', view.sibling),
  sent(view, 'into a tunnel over IPv4', view.remotePod),
  sent(view, 'into a tunnel over IPv6', view.pod6),
  sent(view, 'to a node behind a router', view.farPod),
  sent(view, 'by a direct route', view.directPod),
  received(view, 'out of a tunnel over IPv4', {
    ...{ from: view.remotePod, isTunnel: true },
    wrap: (ip, { tunnel }) => outOfTunnel(ip, tunnel),
  }),
  received(view, 'out of a tunnel over IPv6', {
    ...{ from: view.pod6, isTunnel: true },
    wrap: (ip, { tunnel }) => outOfTunnel(ip, { ...tunnel, from: tunnel?.from ?? OVERLAY6_NODE }),
  }),
  received(view, 'from a node with a direct route', {
    ...{ from: view.directPod, isTunnel: false },
    wrap: (ip, { source = MAC.directUplink, destination = MAC.uplink }) => eth(source, destination).with(ip),
  }),
]);

export function reverseOf({ from, to }: Direction): Direction | undefined {
  return DIRECTIONS.find(other => other.from === to && other.to === from);
}
