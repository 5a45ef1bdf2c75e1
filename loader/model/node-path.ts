// How this node reaches another one: through the overlay or plain, from which address to which, and what fits.
import { isIpv4, type Addr } from './addr.ts';
import { cidrContains } from './cidr.ts';
import { overlayMac } from './derived-macs.ts';
import type { Mac } from './mac.ts';
import type { NodeFacts, TunnelSettings } from './node-facts.ts';
import type { NodeObject } from './objects.ts';

/** Outer Ethernet is the uplink's own; IP, UDP, VXLAN and inner Ethernet count against its MTU (RFC 7348 section 5). */
const OVERHEAD_BYTES = { ipv4: 20 + 8 + 8 + 14, ipv6: 40 + 8 + 8 + 14 } as const;

export interface NodePath {
  readonly kind: 'overlay' | 'direct';
  /** The other node's underlay address; outer destination in the overlay. */
  readonly tunnel: Addr;
  /** Ours, of the same family; outer source in the overlay. */
  readonly source: Addr;
  /** The underlay neighbour to hand packets to; absent: the kernel's FIB decides. */
  readonly nextHop?: Addr;
  /** Largest inner IP packet, bytes. */
  readonly mtu: number;
  readonly vtepMac: Mac;
}

/** Bytes of an inner IP packet that fit through a tunnel with these outer ends. */
export function overlayMtu(uplinkMtu: number, tunnel: Addr): number {
  return uplinkMtu - OVERHEAD_BYTES[isIpv4(tunnel) ? 'ipv4' : 'ipv6'];
}

/**
 * The path for inner packets of one family, or `undefined` when the two nodes have no underlay family in common.
 * Plain packets need a next hop of their own family, so a prefix of the other family stays in the overlay.
 */
export function pathTo(
  node: NodeObject,
  self: NodeFacts,
  settings: TunnelSettings,
  isInnerIpv4: boolean,
): NodePath | undefined {
  return direct(node, self, settings, isInnerIpv4) ?? overlay(node, self, settings);
}

function direct(
  node: NodeObject,
  self: NodeFacts,
  settings: TunnelSettings,
  isInnerIpv4: boolean,
): NodePath | undefined {
  if (settings.encapsulation === 'always') return undefined;
  const ends = underlayEnds(node, self, isInnerIpv4);
  if (ends === undefined) return undefined;
  const isNeighbour = self.uplink.connected.some(cidr => cidrContains(cidr, ends.tunnel));
  if (settings.encapsulation === 'cross-subnet' && !isNeighbour) return undefined;
  return {
    kind: 'direct',
    ...ends,
    ...(isNeighbour && { nextHop: ends.tunnel }),
    mtu: self.uplink.mtu,
    vtepMac: vtepMacOf(node),
  };
}

function overlay(node: NodeObject, self: NodeFacts, settings: TunnelSettings): NodePath | undefined {
  const ends =
    settings.family === 'auto'
      ? (underlayEnds(node, self, true) ?? underlayEnds(node, self, false))
      : underlayEnds(node, self, settings.family === 'ipv4');
  if (ends === undefined) return undefined;
  const isNeighbour = self.uplink.connected.some(cidr => cidrContains(cidr, ends.tunnel));
  return {
    kind: 'overlay',
    ...ends,
    ...(isNeighbour && { nextHop: ends.tunnel }),
    mtu: overlayMtu(self.uplink.mtu, ends.tunnel),
    vtepMac: vtepMacOf(node),
  };
}

function underlayEnds(
  node: NodeObject,
  self: NodeFacts,
  wantIpv4: boolean,
): Pick<NodePath, 'tunnel' | 'source'> | undefined {
  const isWanted = (addr: Addr): boolean => isIpv4(addr) === wantIpv4;
  const announced = node.tunnelAddress;
  const tunnel = announced !== undefined && isWanted(announced) ? announced : node.addresses.find(isWanted);
  const source = self.uplink.addresses.find(isWanted);
  return tunnel === undefined || source === undefined ? undefined : { tunnel, source };
}

function vtepMacOf(node: NodeObject): Mac {
  return node.vtepMac ?? overlayMac(node.name);
}
