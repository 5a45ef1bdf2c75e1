// The ways between a pod of this node and somebody else: where each direction's packets are seen, and what passes.
import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import {
  ANY_PEER,
  IDENTITY,
  allow,
  deny,
  podWith,
  type PeerRowSpecs,
} from '../../support/bpf/policy-given.ts';
import type { Step } from '../../support/bpf/story.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { outOfTunnel } from '../tables/tunnel.ts';

/** What follows the IP header. */
export type Transport = (ip: Packet) => Packet;

export interface Way {
  readonly name: string;
  readonly view: View;
  /** The other end, and what policy knows it by. */
  readonly far: string;
  readonly identity: number;
  /** From the pod, and towards it. */
  readonly out: (sent: Packet) => Step;
  readonly in: (sent: Packet) => Step;
}

const UPLINK = { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink };

function fromPod(verdict: string): Way['out'] {
  return sent => ({
    ...{ hook: 'pod_tx', context: { ifindex: DEVICE.pod }, verdict },
    sent: eth(MAC.pod, MAC.gateway).with(sent),
  });
}

function localWay(view: View): Way {
  return {
    name: `${view.family} on this node`,
    ...{ view, far: view.sibling, identity: IDENTITY.sibling },
    out: fromPod('REDIRECT_POD'),
    in: sent => ({
      ...{ hook: 'pod_tx', context: { ifindex: DEVICE.sibling }, verdict: 'REDIRECT_POD' },
      sent: eth(MAC.sibling, MAC.gateway).with(sent),
    }),
  };
}

function overlayWay(view: View): Way {
  return {
    name: `${view.family} through a tunnel`,
    ...{ view, far: view.remotePod, identity: IDENTITY.remotePod },
    out: fromPod('REDIRECT_OVERLAY'),
    in: sent => ({
      ...{ hook: 'uplink_rx', context: UPLINK, verdict: 'REDIRECT_POD' },
      sent: outOfTunnel(sent),
    }),
  };
}

function directWay(view: View): Way {
  return {
    name: `${view.family} on a direct route`,
    ...{ view, far: view.directPod, identity: IDENTITY.directPod },
    out: fromPod('REDIRECT_DIRECT'),
    in: sent => ({
      ...{ hook: 'uplink_rx', context: UPLINK, verdict: 'REDIRECT_POD' },
      sent: eth(MAC.directUplink, MAC.uplink).with(sent),
    }),
  };
}

export const WAYS: readonly Way[] = FAMILIES.flatMap(view => [
  localWay(view),
  overlayWay(view),
  directWay(view),
]);

export function outward({ view, far, out }: Way, transport: Transport): Step {
  return out(transport(bare().ip(view.pod, far)));
}

export function inward({ view, far, in: inTo }: Way, transport: Transport): Step {
  return inTo(transport(bare().ip(far, view.pod)));
}

export function refused(step: Step, verdict: string): Step {
  return { ...step, verdict };
}

function podRows(egress: PeerRowSpecs, ingress: PeerRowSpecs): Partial<Given> {
  return podWith({ podId: POD_ID.pod, egress, ingress });
}

function admits({ identity }: Way, rule: number): PeerRowSpecs {
  return { [ANY_PEER]: [deny(rule)], [identity]: [allow(rule + 1)] };
}

const NOBODY: PeerRowSpecs = { [ANY_PEER]: [deny(9)] };

/** The pod may open flows to the other end, and nobody may open one to it. */
export function onlyEgress(way: Way): Partial<Given> {
  return podRows(admits(way, 1), NOBODY);
}

export function onlyIngress(way: Way): Partial<Given> {
  return podRows(NOBODY, admits(way, 3));
}

/** Both directions, by policies that have something to say. */
export function bothWays(way: Way): Partial<Given> {
  return podRows(admits(way, 1), admits(way, 3));
}

export function closed(): Partial<Given> {
  return podRows(NOBODY, NOBODY);
}

/** From this step on, that policy holds: the `change`th change of it. */
export function changed(step: Step, change: number, policy: Partial<Given>): Step {
  return { ...step, change: { ...policy, control: { generation: 2 + change } } };
}
