// VXLAN frames that lie, and honest ones beside them, for whichever way into a node they are sent.
import { nodeNamed, type Lab } from '../../../../lab/lab.ts';
import { overlayMac } from '../../../../loader/model/derived-macs.ts';
import { addressOf, podNamed } from '../../../support/lab.ts';
import { eth, type Packet } from '../../../support/packet/packet.ts';
import { VXLAN_PORT } from '../../../support/packet/vxlan.ts';

/** Where the datagrams inside go to. */
export const PORT = 7777;

export interface TunnelRow {
  readonly title: string;
  /** The datagram inside says the row's title. */
  readonly packet: Packet;
  /** Undefined for an honest one, which arrives. */
  readonly verdict: string | undefined;
}

interface Claim {
  readonly outerSource?: string;
  readonly vni?: number;
  readonly innerSource?: string;
  readonly innerDestination?: string;
}

const VNI = 1;
const FAMILIES = ['ipv4', 'ipv6'] as const;
type Family = (typeof FAMILIES)[number];

/** Addresses by name, of one family. */
interface Addresses {
  readonly node: (name: string) => string;
  readonly overlay: (node: string) => string;
  readonly pod: (name: string) => string;
  readonly outside: string;
  /** On the nodes' subnet. */
  readonly stranger: string;
  /** In the first node's pod CIDR. */
}

/** In the name of n2 to n1, of a lab of three nodes with two pods on n1. `wire` is the outer Ethernet header. */
export function tunnelRows(lab: Lab, wire: Packet): TunnelRow[] {
  return FAMILIES.flatMap(family => {
    const addresses = addressesOf(lab, family);
    return [...lies(addresses), ...truths(addresses)].map(([what, claim, verdict]) => {
      const title = `${what}, ${family}`;
      const packet = claimed(addresses, wire, claim).udp(5000, PORT, title);
      return { title, packet, verdict };
    });
  });
}

type Case = readonly [title: string, claim: Claim, verdict?: string];

function lies({ node, overlay, pod, outside, stranger }: Addresses): Case[] {
  const inner = 'DROP_TUNNEL_INNER_SOURCE';
  const destination = 'DROP_TUNNEL_DESTINATION';
  return [
    ['outer source: no node', { outerSource: stranger }, 'DROP_TUNNEL_SOURCE'],
    ['VNI: another', { vni: VNI + 1 }, 'DROP_TUNNEL_VNI'],
    ['VNI: one bit too many', { vni: VNI | 0x80_0000 }, 'DROP_TUNNEL_VNI'],
    ['VNI: zero', { vni: 0 }, 'DROP_TUNNEL_VNI'],
    ["inner source: another node's pod", { innerSource: pod('n3-p1') }, inner],
    ["inner source: another node's underlay address", { innerSource: node('n3') }, inner],
    ["inner source: another node's overlay address", { innerSource: overlay('n3') }, inner],
    ['inner source: the pod itself', { innerSource: pod('n1-p1') }, inner],
    ["inner source: the pod's neighbour", { innerSource: pod('n1-p2') }, inner],
    ["inner source: this node's underlay address", { innerSource: node('n1') }, inner],
    ["inner source: this node's overlay address", { innerSource: overlay('n1') }, inner],
    ['inner source: outside', { innerSource: outside }, inner],
    ["inner destination: another node's pod", { innerDestination: pod('n3-p1') }, destination],
    ['inner destination: another node', { innerDestination: node('n3') }, destination],
    ['inner destination: the sending node', { innerDestination: node('n2') }, destination],
    ['inner destination: outside', { innerDestination: outside }, destination],
  ];
}

function truths({ node, overlay, pod }: Addresses): Case[] {
  return [
    ['honest, from a pod', {}],
    ['honest, from the node', { innerSource: node('n2') }],
    ["honest, from the node's overlay address", { innerSource: overlay('n2') }],
    ['honest, to this node', { innerDestination: overlay('n1') }],
    ["honest, to this node's underlay address", { innerDestination: node('n1') }],
    ['honest, to the neighbour', { innerDestination: pod('n1-p2') }],
  ];
}

/** What a claim does not mention is true. */
function claimed({ node, pod }: Addresses, wire: Packet, claim: Claim): Packet {
  const { outerSource = node('n2'), vni = VNI } = claim;
  const { innerSource = pod('n2-p1'), innerDestination = pod('n1-p1') } = claim;
  const inner = eth(overlayMac('n2'), overlayMac('n1')).ip(innerSource, innerDestination);
  return wire.ip(outerSource, node('n1')).udp(50_000, VXLAN_PORT).vxlan(vni, inner);
}

function addressesOf(lab: Lab, family: Family): Addresses {
  const isIpv4 = family === 'ipv4';
  return {
    node: name => addressOf(nodeNamed(lab, name), family),
    overlay: node => (isIpv4 ? `10.244.${node.slice(1)}.1` : `fd00:244:0:${node.slice(1)}::1`),
    pod: name => addressOf(podNamed(lab, name), family),
    outside: isIpv4 ? '198.51.100.2' : '2001:db8:100::2',
    stranger: isIpv4 ? '192.168.1.66' : 'fd00:168:0:1::66',
  };
}
