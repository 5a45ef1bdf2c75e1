// The frame of a trace as the device would have received it.
import type { Mac } from 'ip';
import { NodeFlag, RouteKind, type Endpoint, type Route } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { ethernetFrame, vxlanPacket } from './trace-packet.ts';

/** What of this node the headers need. */
export interface TraceDevices {
  readonly uplinkIfindex: number;
  readonly uplinkMac: Mac;
  readonly overlayMac: Mac;
  /** Of every pod's gateway. */
  readonly gatewayMac: Mac;
  /** UDP port of the overlay. */
  readonly vxlanPort: number;
}

interface Devices {
  readonly segment: number;
  readonly devices: TraceDevices;
}

export interface Framed {
  readonly frame: Buffer;
  readonly ifindex: number;
}

/** Any unicast MAC: the router's, as far as anybody looks. */
const SOMEBODY = '02:00:00:00:00:02' as Mac;

/** As the pod sends it. */
export function podFrame({ devices }: Devices, { mac, ifindex }: Endpoint, ip: Buffer): Framed {
  return { frame: ethernetFrame(devices.gatewayMac, mac, ip), ifindex };
}

/** As the host's stack sends it to a pod. */
export function hostFrame({ devices }: Devices, to: Endpoint | undefined, ip: Buffer): Framed {
  return {
    frame: ethernetFrame(to?.mac ?? devices.uplinkMac, devices.gatewayMac, ip),
    ifindex: to?.ifindex ?? devices.uplinkIfindex,
  };
}

interface Arriving {
  readonly node: Devices;
  readonly maps: Pick<MapSet, 'hd_node'>;
  /** Of the source. */
  readonly route: Route | undefined;
  readonly ip: Buffer;
}

/** As the uplink receives it: through the tunnel of its node, plain from a direct neighbour, or from a router. */
export function arrivingFrame({ node, maps, route, ip }: Arriving): Framed {
  const { uplinkIfindex: ifindex, uplinkMac, overlayMac, vxlanPort } = node.devices;
  if (route?.kind !== RouteKind.OVERLAY) {
    const owner = route === undefined ? undefined : maps.hd_node.get({ addr: route.tunnel });
    const isKnown = owner !== undefined && (owner.flags & NodeFlag.MAC_KNOWN) !== 0;
    return { frame: ethernetFrame(uplinkMac, isKnown ? owner.mac : SOMEBODY, ip), ifindex };
  }
  const inner = ethernetFrame(overlayMac, route.vtepMac, ip);
  const tunnel = { source: route.tunnel, destination: route.source, vni: node.segment, port: vxlanPort };
  return { frame: ethernetFrame(uplinkMac, SOMEBODY, vxlanPacket(tunnel, inner)), ifindex };
}
