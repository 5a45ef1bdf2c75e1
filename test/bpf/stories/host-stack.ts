// Steps through the host's stack: what each hook sees of a packet that netfilter translates and forwards.
import { DEVICE, MAC, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import { ANY_PEER, allow, deny, podWith, type PeerRowSpecs } from '../../support/bpf/policy-given.ts';
import type { Step } from '../../support/bpf/story.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';

export const CLIENT = 40_000;
/** Of a Service, and of the backend behind it. */
export const PORT = 80;
export const BACKEND = 8_080;

export const NOBODY: PeerRowSpecs = { [ANY_PEER]: [deny(4)] };

export type End = readonly [address: string, port: number];

export function tcp([source, sourcePort]: End, [destination, destinationPort]: End, flags: string): Packet {
  return bare().ip(source, destination).tcp(sourcePort, destinationPort, { flags });
}

/** An address that nothing but netfilter knows. */
export function serviceOf(view: View): string {
  return view.family === 'ipv4' ? '10.96.0.10' : 'fd00:96::10';
}

export function podSends(verdict: string, sent: Packet): Step {
  return {
    hook: 'pod_tx',
    context: { ifindex: DEVICE.pod },
    sent: eth(MAC.pod, MAC.gateway).with(sent),
    verdict,
  };
}

export function siblingSends(verdict: string, sent: Packet): Step {
  const frame = eth(MAC.sibling, MAC.gateway).with(sent);
  return { hook: 'pod_tx', context: { ifindex: DEVICE.sibling }, sent: frame, verdict };
}

export function forwarded(verdict: string, sent: Packet): Step {
  return { hook: 'forward', context: {}, sent: eth(MAC.gateway, MAC.overlay).with(sent), verdict };
}

/** To the pod, from the device that it came in by; 0: from the node itself. */
export function handedOver(ingressIfindex: number, sent: Packet): Step {
  const context = { ifindex: DEVICE.pod, ingressIfindex };
  return { hook: 'pod_rx', context, sent: eth(MAC.gateway, MAC.pod).with(sent), verdict: 'PASS_POD' };
}

/** By the node itself. */
export function takenIn(verdict: string, sent: Packet): Step {
  return { ...forwarded(verdict, sent), hook: 'input' };
}

export function received(verdict: string, sent: Packet): Step {
  const context = { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink };
  return { hook: 'uplink_rx', context, sent: eth(MAC.directUplink, MAC.uplink).with(sent), verdict };
}

/** The backend's port, of that one peer. */
export function admitting(identity: number): PeerRowSpecs {
  return {
    [ANY_PEER]: [deny(1)],
    [identity]: [allow(2, { protocol: IP_PROTOCOL.tcp, port: BACKEND }), deny(3)],
  };
}

export function policies(
  podId: number,
  egress: PeerRowSpecs | undefined,
  ingress: PeerRowSpecs | undefined,
): Partial<Given> {
  return podWith({ podId, egress, ingress });
}
