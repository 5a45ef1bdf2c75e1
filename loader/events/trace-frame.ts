// Builds the frame of a trace as the device would receive it.
import type { Mac } from 'ip';
import { NodeFlag, RouteKind, type Endpoint, type Route } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { ethernetFrame, vxlanPacket } from './trace-packet.ts';

/** Devices and addresses of this node that the headers need. */
export interface TraceDevices {
  readonly uplinkIfindex: number;
  readonly uplinkMac: Mac;
  readonly overlayMac: Mac;
  /** MAC of every pod's gateway. */
  readonly gatewayMac: Mac;
  /** UDP port of the overlay. */
  readonly vxlanPort: number;
}

interface Devices {
  readonly vni: number;
  readonly devices: TraceDevices;
}

export interface TraceFrame {
  readonly frame: Buffer;
  readonly ifindex: number;
}

/** Any unicast MAC: programs do not check a router's. */
const ROUTER_MAC = '02:00:00:00:00:02' as Mac;

/** The frame as a pod sends it. */
export function podFrame({ devices }: Devices, { mac, ifindex }: Endpoint, ip: Buffer): TraceFrame {
  return { frame: ethernetFrame(devices.gatewayMac, mac, ip), ifindex };
}

/** The frame as the host's stack sends it to a pod. */
export function hostFrame({ devices }: Devices, to: Endpoint | undefined, ip: Buffer): TraceFrame {
  return {
    frame: ethernetFrame(to?.mac ?? devices.uplinkMac, devices.gatewayMac, ip),
    ifindex: to?.ifindex ?? devices.uplinkIfindex,
  };
}

interface ArrivingPacket {
  readonly node: Devices;
  readonly maps: Pick<MapSet, 'hd_node'>;
  /** Route of the source address. */
  readonly route: Route | undefined;
  readonly ip: Buffer;
}

/** The frame as the uplink receives it: through the source node's tunnel, plain from a neighbour, or from a router. */
export function arrivingFrame({ node, maps, route, ip }: ArrivingPacket): TraceFrame {
  const { uplinkIfindex: ifindex, uplinkMac, overlayMac, vxlanPort } = node.devices;
  if (route?.kind !== RouteKind.OVERLAY) {
    const owner = route === undefined ? undefined : maps.hd_node.get({ addr: route.tunnel });
    const isKnown = owner !== undefined && (owner.flags & NodeFlag.MAC_KNOWN) !== 0;
    return { frame: ethernetFrame(uplinkMac, isKnown ? owner.mac : ROUTER_MAC, ip), ifindex };
  }
  const inner = ethernetFrame(overlayMac, route.vtepMac, ip);
  const tunnel = { source: route.tunnel, destination: route.source, vni: node.vni, port: vxlanPort };
  return { frame: ethernetFrame(uplinkMac, ROUTER_MAC, vxlanPacket(tunnel, inner)), ifindex };
}
