// A packet's whole way between two parties: every hook that it passes, on every node, and the host's stack in between.
import type { HookName } from '../../../loader/abi/hook-name.ts';
import { podKey, type PodKey } from '../../../loader/model/objects.ts';
import type { Context } from '../../support/bpf/table.ts';
import { addressText, isIpv6, macBytes, macText } from '../../support/packet/address.ts';
import { ETHERNET_BYTES } from '../../support/packet/ethernet.ts';
import type { QueryEnd } from '../../support/policy/query-ends.ts';
import type { WorldPod } from '../../support/policy/world.ts';
import { answerFrame, requestFrame, type Conversation, type Link } from './frames.ts';
import type { Machine, Step } from './machine.ts';
import { machineOf, podMacOf } from './node-tables.ts';
import { dropText } from './reasons.ts';

export interface Net {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly podIds: ReadonlyMap<PodKey, number>;
  /** Of each node, both families. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly isOverlay: boolean;
}

export interface Trip {
  readonly from: QueryEnd;
  readonly to: QueryEnd;
  readonly talk: Conversation;
  readonly isAnswer: boolean;
  /** An answer to what this node's stack has masqueraded: it comes to the node's own address. */
  readonly masqueradedBy?: string | undefined;
}

export interface Arrival {
  readonly arrived: boolean;
  /** Where it ended, when it did not arrive. */
  readonly why: string;
  readonly masqueradedBy?: string;
  /** As in Answer. */
  readonly isFault?: true;
}

/** A router of the underlay, and whoever stands behind it. */
const ROUTER_MAC = '02:00:00:00:00:fe';
const ARRIVED: Arrival = { arrived: true, why: '' };
const MAC_BYTES = 6;
const OUTER_DESTINATION = { v4: { at: 16, bytes: 4 }, v6: { at: 24, bytes: 16 } } as const;
const ETHERTYPE = { v4: 0x0800, v6: 0x86dd } as const;

export function travel(net: Net, trip: Trip): Arrival {
  const { from, to, masqueradedBy } = trip;
  if (from.pod !== undefined) return fromPod(net, trip, from.pod);
  if (to.pod === undefined) return ARRIVED; // nothing of ours is in between
  if (masqueradedBy !== undefined) return fromOutside(net, trip, masqueradedBy);
  if (from.node === undefined) return fromOutside(net, trip, to.pod.node);
  return from.node === to.pod.node
    ? fromOwnNode(net, trip, to.pod)
    : fromNode(net, trip, { node: from.node, pod: to.pod });
}

function fromPod(net: Net, trip: Trip, pod: WorldPod): Arrival {
  const machine = machineOf(net.machines, pod.node);
  const frame = frameOf(trip, { source: podMacOf(pod), destination: machine.gatewayMac });
  const ifindex = podIfindex(net, machine, pod);
  const sent = machine.run('pod_tx', frame, { ifindex });
  if (sent.action === 'redirect') return fromNodeToNode(net, trip, { machine, frame, sent });
  if (sent.action !== 'next') return ended(machine, 'pod_tx', sent);
  if (trip.to.node === pod.node && trip.to.pod === undefined) return toOwnNode(machine, frame);
  const forwarded = machine.run('forward', frame, {});
  if (forwarded.action !== 'next') return ended(machine, 'forward', forwarded);
  if (trip.to.pod === undefined) return { ...ARRIVED, masqueradedBy: pod.node };
  return lost(`node ${pod.node} leaves it to the host's stack`);
}

function toOwnNode(machine: Machine, frame: Buffer): Arrival {
  const takenIn = machine.run('input', frame, {});
  return takenIn.action === 'next' ? ARRIVED : ended(machine, 'input', takenIn);
}

interface Redirected {
  readonly machine: Machine;
  /** Before the program. */
  readonly frame: Buffer;
  readonly sent: Step;
}

/** Into a pod beside, or out of the uplink: encapsulated, or plain. */
function fromNodeToNode(net: Net, trip: Trip, { machine, frame, sent }: Redirected): Arrival {
  const { to } = trip;
  const isEncapsulated = sent.packet.length > frame.length;
  const target = to.pod?.node ?? to.node;
  if (target === undefined) return lost('it was sent to another node');
  const receiver = machineOf(net.machines, target);
  if (receiver === machine) return intoPod(trip, sent);
  if (isEncapsulated && !net.addresses.get(target)?.includes(outerDestination(sent.packet)))
    return lost(`the tunnel leads to ${outerDestination(sent.packet)}, not to node ${target}`);
  return onUplink(net, trip, { node: target, frame: onWire(sent.packet, machine, receiver), isEncapsulated });
}

interface OnWire {
  readonly node: string;
  readonly frame: Buffer;
  readonly isEncapsulated: boolean;
}

/** XDP is optional, so what it drops must be what is dropped without it. */
function onUplink(net: Net, trip: Trip, wire: OnWire): Arrival {
  const machine = machineOf(net.machines, wire.node);
  const early = machine.run('uplink_xdp', wire.frame, {});
  const why = early.action === 'drop' ? ended(machine, 'uplink_xdp', early).why : '';
  const arrival = pastXdp(net, trip, wire);
  if (early.action !== 'drop') return arrival;
  return arrival.arrived
    ? { ...lost(`uplink_xdp drops what is admitted without it: ${why}`), isFault: true }
    : lost(why);
}

function pastXdp(net: Net, trip: Trip, { node, frame, isEncapsulated }: OnWire): Arrival {
  const machine = machineOf(net.machines, node);
  const { pod } = trip.to;
  const received = machine.run('uplink_rx', frame, { ifindex: machine.uplinkIfindex });
  if (received.action === 'redirect') {
    if (pod !== undefined) return intoPod(trip, received);
    const isHost = destinationMac(received.packet) === machine.overlayMac;
    return isHost ? ARRIVED : lost(`it was not for the host of ${node}`);
  }
  if (received.action !== 'next') return ended(machine, 'uplink_rx', received);
  if (isEncapsulated) return lost(`node ${node} leaves the tunnel packet to its kernel`);
  return pod === undefined ? ARRIVED : forwardedToPod(net, trip, pod);
}

/** From the uplink through the host's stack. */
function forwardedToPod(net: Net, trip: Trip, pod: WorldPod): Arrival {
  const machine = machineOf(net.machines, pod.node);
  const frame = frameOf(trip, { source: ROUTER_MAC, destination: machine.uplinkMac });
  const forwarded = machine.run('forward', frame, {});
  if (forwarded.action !== 'next') return ended(machine, 'forward', forwarded);
  return ontoPod(net, trip, { pod, ingressIfindex: machine.uplinkIfindex });
}

/** In plain, from a router; a masqueraded flow's answer is addressed to the node. */
function fromOutside(net: Net, trip: Trip, node: string): Arrival {
  const machine = machineOf(net.machines, node);
  const own = net.addresses.get(node)?.find(address => isIpv6(address) === isIpv6(trip.to.address));
  const address = trip.masqueradedBy === undefined ? trip.to.address : (own ?? trip.to.address);
  const translated = { ...trip, to: { ...trip.to, address } };
  const frame = frameOf(translated, { source: ROUTER_MAC, destination: machine.uplinkMac });
  return onUplink(net, trip, { node, frame, isEncapsulated: false });
}

/** The node's own packet: no device brought it, and it has a socket. */
function fromOwnNode(net: Net, trip: Trip, pod: WorldPod): Arrival {
  return ontoPod(net, trip, { pod, ingressIfindex: 0 });
}

/** A node to another one's pod: by its overlay device, or plain where routes are direct. */
function fromNode(net: Net, trip: Trip, { node, pod }: { node: string; pod: WorldPod }): Arrival {
  const [machine, receiver] = [machineOf(net.machines, node), machineOf(net.machines, pod.node)];
  if (!net.isOverlay) {
    const plain = frameOf(trip, { source: machine.uplinkMac, destination: receiver.uplinkMac });
    return onUplink(net, trip, { node: pod.node, frame: plain, isEncapsulated: false });
  }
  const frame = frameOf(trip, { source: machine.overlayMac, destination: receiver.overlayMac });
  const sent = machine.run('overlay_tx', frame, { ifindex: machine.overlayIfindex });
  if (sent.action !== 'redirect') return ended(machine, 'overlay_tx', sent);
  return fromNodeToNode(net, trip, { machine, frame, sent });
}

function ontoPod(net: Net, trip: Trip, at: { pod: WorldPod } & Pick<Context, 'ingressIfindex'>): Arrival {
  const { pod, ...context } = at;
  const machine = machineOf(net.machines, pod.node);
  const frame = frameOf(trip, { source: machine.gatewayMac, destination: podMacOf(pod) });
  const handed = machine.run('pod_rx', frame, { ...context, ifindex: podIfindex(net, machine, pod) });
  return handed.action === 'next' ? ARRIVED : ended(machine, 'pod_rx', handed);
}

function intoPod({ to }: Trip, { packet }: Step): Arrival {
  if (to.pod !== undefined && destinationMac(packet) === podMacOf(to.pod)) return ARRIVED;
  return lost(`it was redirected to ${destinationMac(packet)}`);
}

function frameOf({ from, to, talk, isAnswer }: Trip, macs: Link): Buffer {
  const addresses = { source: from.address, destination: to.address };
  return (isAnswer ? answerFrame : requestFrame)(macs, addresses, talk);
}

function podIfindex({ podIds }: Net, machine: Machine, pod: WorldPod): number {
  return machine.podIfindex(podIds.get(podKey(pod)) ?? 0);
}

/** The kernel's neighbour code writes this header after the program. */
function onWire(packet: Buffer, sender: Machine, receiver: Machine): Buffer {
  const frame = Buffer.from(packet);
  macBytes(receiver.uplinkMac).copy(frame, 0);
  macBytes(sender.uplinkMac).copy(frame, MAC_BYTES);
  frame.writeUInt16BE(isIpv4(packet) ? ETHERTYPE.v4 : ETHERTYPE.v6, 2 * MAC_BYTES);
  return frame;
}

function outerDestination(packet: Buffer): string {
  const { at, bytes } = isIpv4(packet) ? OUTER_DESTINATION.v4 : OUTER_DESTINATION.v6;
  return addressText(packet.subarray(ETHERNET_BYTES + at, ETHERNET_BYTES + at + bytes));
}

function isIpv4(packet: Buffer): boolean {
  return packet.readUInt8(ETHERNET_BYTES) >> 4 === 4;
}

function destinationMac(packet: Buffer): string {
  return macText(packet.subarray(0, MAC_BYTES));
}

function ended(machine: Machine, hook: HookName, { action }: Step): Arrival {
  const drop = machine.takeDrops().at(-1);
  if (action === 'drop' && drop !== undefined) return lost(dropText(machine.maps, drop));
  return lost(`${hook} answers ${action}`);
}

function lost(why: string): Arrival {
  return { arrived: false, why };
}
