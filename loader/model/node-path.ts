// How this node reaches another one: through the overlay or plain, from which address to which, and what fits.
import { type Addr, cidrContains, type Family, type Mac } from 'ip';
import { overlayMac } from './derived-macs.ts';
import { tunnelAddressOf } from './node-addresses.ts';
import type { NodeFacts, TunnelSettings, UplinkFacts } from './node-facts.ts';
import type { NodeObject } from './objects.ts';

/** Outer IP, UDP, VXLAN and inner Ethernet; the outer Ethernet header is the uplink's own (RFC 7348 section 5). */
const OVERHEAD_BYTES: Readonly<Record<Family, number>> = { ipv4: 20 + 8 + 8 + 14, ipv6: 40 + 8 + 8 + 14 };

/** Every path carries that much, or has no IPv6 (RFC 8200 section 5). */
export const IPV6_MIN_MTU = 1280;

export interface OverlayPath {
  readonly kind: 'overlay';
  /** Outer destination: the other node's end. */
  readonly tunnel: Addr;
  /** Outer source: ours, as the others know it. */
  readonly source: Addr;
  /** The neighbour to hand packets to; absent: the kernel's FIB decides. */
  readonly nextHop?: Addr;
  /** Largest inner IP packet, bytes. */
  readonly mtu: number;
  readonly vtepMac: Mac;
}

export interface DirectPath {
  readonly kind: 'direct';
  /** The other node's underlay address. */
  readonly tunnel: Addr;
  /** The neighbour to hand packets to; absent: the kernel's FIB decides. */
  readonly nextHop?: Addr;
  /** The router towards a node that is no neighbour; absent: unknown, or not needed. */
  readonly gateway?: Addr;
  /** Largest IP packet, bytes. */
  readonly mtu: number;
}

export type NodePath = OverlayPath | DirectPath;

/** What a path starts from. */
export interface PathOrigin {
  readonly facts: NodeFacts;
  readonly settings: TunnelSettings;
  /** This node's own object. */
  readonly object: NodeObject;
}

/**
 * The path for packets of one family, or `undefined` when there is none: the nodes share no underlay family, or
 * plain packets are wanted of a family that the other node's underlay does not have.
 */
export function pathTo(node: NodeObject, origin: PathOrigin, family: Family): NodePath | undefined {
  const { encapsulation } = origin.settings;
  const direct = encapsulation === 'always' ? undefined : directPath(node, origin.facts.uplink, family);
  if (encapsulation === 'never' || direct?.nextHop !== undefined) return direct;
  return overlayPath(node, origin, family);
}

/** The paths for both families, as far as there are any. */
export function pathsTo(node: NodeObject, origin: PathOrigin): Readonly<Partial<Record<Family, NodePath>>> {
  const [ipv4, ipv6] = [pathTo(node, origin, 'ipv4'), pathTo(node, origin, 'ipv6')];
  return { ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6 }) };
}

/** Largest inner IP packet with outer headers of that family, bytes. */
export function overlayMtu(uplinkMtu: number, family: Family): number {
  return uplinkMtu - OVERHEAD_BYTES[family];
}

/** Of the overlay device: with the outer headers that this node uses unless a peer has only the other family. */
export function overlayDeviceMtu({ facts, settings, object }: PathOrigin): number {
  const isIpv4 = settings.family === 'auto' ? tunnelAddressOf(object, 'ipv4') : settings.family === 'ipv4';
  return overlayMtu(facts.uplink.mtu, isIpv4 ? 'ipv4' : 'ipv6');
}

/** Of pods' interfaces: the overlay's wherever some destination may be encapsulated. */
export function podMtu(origin: PathOrigin): number {
  return origin.settings.encapsulation === 'never' ? origin.facts.uplink.mtu : overlayDeviceMtu(origin);
}

function directPath(node: NodeObject, uplink: UplinkFacts, family: Family): DirectPath | undefined {
  const tunnel = tunnelAddressOf(node, family);
  if (tunnel === undefined) return undefined;
  const path = { kind: 'direct', tunnel, mtu: uplink.mtu } as const;
  if (isNeighbour(uplink, tunnel)) return { ...path, nextHop: tunnel };
  const gateway = uplink.gateways.get(tunnel);
  return gateway === undefined ? path : { ...path, gateway };
}

function overlayPath(node: NodeObject, origin: PathOrigin, inner: Family): OverlayPath | undefined {
  const { uplink } = origin.facts;
  const ends = tunnelEndsTo(node, origin);
  if (ends === undefined) return undefined;
  const { tunnel, source, family } = ends;
  const most = overlayMtu(uplink.mtu, family);
  const least = inner === 'ipv6' ? Math.min(most, IPV6_MIN_MTU) : 0;
  const learnt = overlayMtu(uplink.pathMtus?.get(tunnel) ?? uplink.mtu, family);
  return {
    kind: 'overlay',
    tunnel,
    source,
    ...(isNeighbour(uplink, tunnel) && { nextHop: tunnel }),
    mtu: Math.max(least, Math.min(most, learnt)),
    vtepMac: node.vtepMac ?? overlayMac(node.name),
  };
}

/** Of the outer headers, in the first family that both nodes have; `undefined`: they share none. */
export function tunnelEndsTo(
  node: NodeObject,
  { settings, object }: Pick<PathOrigin, 'settings' | 'object'>,
): { readonly tunnel: Addr; readonly source: Addr; readonly family: Family } | undefined {
  const families: readonly Family[] = settings.family === 'auto' ? ['ipv4', 'ipv6'] : [settings.family];
  for (const family of families) {
    const tunnel = tunnelAddressOf(node, family);
    const source = tunnelAddressOf(object, family);
    if (tunnel !== undefined && source !== undefined) return { tunnel, source, family };
  }
  return undefined;
}

function isNeighbour(uplink: UplinkFacts, addr: Addr): boolean {
  return uplink.connected.some(cidr => cidrContains(cidr, addr));
}
