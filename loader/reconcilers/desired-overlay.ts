// Computes the desired overlay device.
import { getLink, type RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { usableCidrs } from '../model/cidr-claims.ts';
import { overlayMac } from '../model/derived-macs.ts';
import { overlayAddressesOf } from '../model/node-addresses.ts';
import { overlayDeviceMtu } from '../model/node-path.ts';
import { offUnderlay } from '../model/underlay-clash.ts';
import { kernelHasVxlan } from '../network/kernel-vxlan.ts';
import type { OverlayDevice } from '../network/overlay-device.ts';
import type { OverlayKind } from '../network/overlay-link.ts';
import { ownNodeOf, type NodeContext } from './node-context.ts';
import { nodeFacts, tunnelSettings } from './node-facts.ts';

/** Chooses vxlan or a veth pair. Probes the kernel once, and not while a vxlan device exists. */
export class OverlayKindChoice {
  #hasVxlan: boolean | undefined;

  of(socket: RtnetlinkSocket, { tunnel, overlayDevice }: Config): OverlayKind {
    if (tunnel.kernelVxlan === 'never') return 'veth';
    if (getLink(socket, overlayDevice)?.vxlan !== undefined) return 'vxlan';
    this.#hasVxlan ??= kernelHasVxlan(socket);
    return this.#hasVxlan ? 'vxlan' : 'veth';
  }
}

export function desiredOverlay(context: NodeContext, kind: OverlayKind): OverlayDevice {
  const { config } = context;
  const object = ownNodeOf(context);
  const facts = nodeFacts(context, 0);
  const origin = { facts, tunnel: tunnelSettings(config), object };
  return {
    name: config.overlayDevice,
    kind,
    port: config.tunnel.port,
    mac: overlayMac(config.nodeName),
    mtu: overlayDeviceMtu(origin),
    addresses: overlayAddressesOf(offUnderlay(usableCidrs(object.podCidrs), facts.uplinks)),
  };
}

/** Reports what does not work without the kernel's vxlan, unless the configuration chose the veth pair. */
export function absentVxlan(kind: OverlayKind, { tunnel, overlayDevice }: Config): string[] {
  if (kind === 'vxlan' || tunnel.kernelVxlan === 'never' || tunnel.encapsulation === 'never') return [];
  return [
    `the kernel has no vxlan (modprobe vxlan, then restart heddled): the overlay works by the programs alone, on ` +
      `${overlayDevice} as a veth pair; without GRO for the tunnel, and without tunnel packets in fragments, ` +
      `tunnels of pods as super-packets and SCTP as super-packets, which are dropped`,
  ];
}
