// Computes the path to another node: overlay or direct, outer addresses, next hop and MTU.
import { type Addr, cidrContains, FAMILIES, type Family, isIpv4Cidr, type Mac } from 'ip';
import { overlayMac } from './derived-macs.ts';
import { tunnelAddressOf } from './node-addresses.ts';
import type { NodeFacts, TunnelSettings, UplinkFacts } from './node-facts.ts';
import type { NodeObject } from './objects.ts';

/** Outer IP, UDP, VXLAN and inner Ethernet; the outer Ethernet header does not count in the MTU (RFC 7348 section 5). */
const OVERHEAD_BYTES: Readonly<Record<Family, number>> = { ipv4: 20 + 8 + 8 + 14, ipv6: 40 + 8 + 8 + 14 };

/** Minimum MTU of IPv6 (RFC 8200 section 5). */
export const IPV6_MIN_MTU = 1280;

export interface OverlayPath {
  readonly kind: 'overlay';
  /** Index of the uplink that leads there. */
  readonly ifindex: number;
  /** Outer destination: the other node's tunnel end. */
  readonly tunnel: Addr;
  /** Outer source: this node's tunnel end. */
  readonly source: Addr;
  /** On-link next hop; absent: the kernel's FIB decides. */
  readonly nextHop?: Addr;
  /** Largest inner IP packet, bytes. */
  readonly mtu: number;
  readonly vtepMac: Mac;
}

export interface DirectPath {
  readonly kind: 'direct';
  /** Index of the uplink that leads there. */
  readonly ifindex: number;
  /** The other node's underlay address. */
  readonly tunnel: Addr;
  /** On-link next hop; absent: the kernel's FIB decides. */
  readonly nextHop?: Addr;
  /** Router towards a node that is not on-link; absent: unknown, or not needed. */
  readonly gateway?: Addr;
  /** Largest IP packet, bytes. */
  readonly mtu: number;
}

export type NodePath = OverlayPath | DirectPath;

/** This node's side of a path. */
export interface PathOrigin {
  readonly facts: NodeFacts;
  readonly tunnel: TunnelSettings;
  /** This node's object. */
  readonly object: NodeObject;
}

/**
 * The path for packets of one family. `undefined` if the nodes share no underlay family, or if the path is direct and
 * the other node has no underlay address of that family.
 */
export function pathTo(node: NodeObject, origin: PathOrigin, family: Family): NodePath | undefined {
  const { encapsulation } = origin.tunnel;
  const direct = encapsulation === 'always' ? undefined : directPath(node, origin.facts, family);
  if (encapsulation === 'never' || direct?.nextHop !== undefined) return direct;
  return overlayPath(node, origin, family);
}

/** The paths for both families; a family without a path is absent. */
export function pathsTo(node: NodeObject, origin: PathOrigin): Readonly<Partial<Record<Family, NodePath>>> {
  const [ipv4, ipv6] = [pathTo(node, origin, 'ipv4'), pathTo(node, origin, 'ipv6')];
  return { ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6 }) };
}

/** Largest inner IP packet with outer headers of that family, bytes. */
export function overlayMtu(uplinkMtu: number, family: Family): number {
  return uplinkMtu - OVERHEAD_BYTES[family];
}

/** MTU of the overlay device, with outer headers of the preferred family. */
export function overlayDeviceMtu({ facts, tunnel, object }: PathOrigin): number {
  const isIpv4 = tunnel.family === 'auto' ? tunnelAddressOf(object, 'ipv4') : tunnel.family === 'ipv4';
  return overlayMtu(leastMtu(facts), isIpv4 ? 'ipv4' : 'ipv6');
}

/**
 * MTU of pods' interfaces. The kernel gives an interface with less than IPv6's minimum no IPv6 at all, so that a pod with an
 * IPv6 address could not be made; the programs answer packets that are too large for a path (RFC 8201).
 */
export function podDeviceMtu(origin: PathOrigin): number {
  const hasIpv6 = !origin.object.podCidrs.every(isIpv4Cidr);
  return hasIpv6 ? Math.max(podMtu(origin), IPV6_MIN_MTU) : podMtu(origin);
}

/** The largest packet that a pod can send to pods of other nodes: the overlay's, unless encapsulation is `never`. */
export function podMtu(origin: PathOrigin): number {
  return origin.tunnel.encapsulation === 'never' ? leastMtu(origin.facts) : overlayDeviceMtu(origin);
}

/** What a path to the tunnel's end carries, where the kernel has heard of less than the uplink's own. */
export function learntMtu(tunnel: Addr, facts: NodeFacts): number | undefined {
  return uplinkTowards(tunnel, facts).pathMtus?.get(tunnel);
}

/** The uplink whose neighbour has that address. */
export function uplinkOnLink(addr: Addr, { uplinks }: NodeFacts): UplinkFacts | undefined {
  return uplinks.find(({ connected }) => connected.some(cidr => cidrContains(cidr, addr)));
}

/** The uplink that leads to that address; what none is known to lead to goes by the first. */
function uplinkTowards(addr: Addr, facts: NodeFacts): UplinkFacts {
  const behindRouter = facts.uplinks.find(({ gateways }) => gateways.has(addr));
  return uplinkOnLink(addr, facts) ?? behindRouter ?? facts.uplinks[0];
}

/** Packets may leave by any of them. */
function leastMtu({ uplinks }: NodeFacts): number {
  return Math.min(...uplinks.map(({ mtu }) => mtu));
}

function directPath(node: NodeObject, facts: NodeFacts, family: Family): DirectPath | undefined {
  const tunnel = tunnelAddressOf(node, family);
  if (tunnel === undefined) return undefined;
  const uplink = uplinkTowards(tunnel, facts);
  const path = { kind: 'direct', ifindex: uplink.ifindex, tunnel, mtu: uplink.mtu } as const;
  if (uplinkOnLink(tunnel, facts) !== undefined) return { ...path, nextHop: tunnel };
  const gateway = uplink.gateways.get(tunnel);
  return gateway === undefined ? path : { ...path, gateway };
}

function overlayPath(node: NodeObject, origin: PathOrigin, inner: Family): OverlayPath | undefined {
  const { facts } = origin;
  const ends = tunnelEndsTo(node, origin);
  if (ends === undefined) return undefined;
  const { tunnel, source, family } = ends;
  const uplink = uplinkTowards(tunnel, facts);
  const most = overlayMtu(uplink.mtu, family);
  const least = inner === 'ipv6' ? Math.min(most, IPV6_MIN_MTU) : 0;
  const learnt = overlayMtu(uplink.pathMtus?.get(tunnel) ?? uplink.mtu, family);
  return {
    kind: 'overlay',
    ifindex: uplink.ifindex,
    tunnel,
    source,
    ...(uplinkOnLink(tunnel, facts) && { nextHop: tunnel }),
    mtu: Math.max(least, Math.min(most, learnt)),
    vtepMac: node.vtepMac ?? node.flannelVteps?.[family] ?? overlayMac(node.name),
  };
}

interface TunnelEnds {
  readonly tunnel: Addr;
  readonly source: Addr;
  readonly family: Family;
}

/** Tunnel ends of the first family that both nodes have; `undefined`: they share none. */
export function tunnelEndsTo(
  node: NodeObject,
  { tunnel, object }: Pick<PathOrigin, 'tunnel' | 'object'>,
): TunnelEnds | undefined {
  for (const family of outerFamilies(node, tunnel)) {
    const tunnel = tunnelAddressOf(node, family);
    const source = tunnelAddressOf(object, family);
    if (tunnel !== undefined && source !== undefined) return { tunnel, source, family };
  }
  return undefined;
}

/**
 * flannel has a VTEP a family, and flannel.1, in outer IPv4, takes packets of either. flannel-v6.1 drops UDP over IPv6 without
 * a checksum (`udp6zerocsumrx` is off there), which ours is: it comes last. A configured family is the only one.
 */
function outerFamilies({ flannelVteps: vteps }: NodeObject, { family }: TunnelSettings): readonly Family[] {
  const families = family === 'auto' ? FAMILIES : [family];
  const there = families.filter(each => vteps?.[each] !== undefined);
  return there.length > 0 ? there : families;
}
