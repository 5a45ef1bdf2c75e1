// Makes the overlay device: the kernel's vxlan in external mode or, where there is none, one end of a veth pair.
import type { Mac } from 'ip';
import { createVeth, createVxlan, type Link, type RtnetlinkSocket, setLink } from 'rtnetlink';
import type { Change } from '../model/change.ts';
import { GSO_MAX_BYTES } from './gso.ts';
import { aliasOf, DEFAULT_NAMES } from './names.ts';
import { reconcileSysctls, type SysctlWish } from './sysctls.ts';

/** What it is made of. Pods need veths anyway: no kernel that runs them lacks those. */
export type OverlayKind = 'vxlan' | 'veth';

export function overlayKindOf({ vxlan }: Pick<Link, 'vxlan'>): OverlayKind {
  return vxlan === undefined ? 'veth' : 'vxlan';
}

export interface OverlayLink {
  readonly name: string;
  readonly kind: OverlayKind;
  /** UDP port, the same on every node. */
  readonly port: number;
  readonly mac: Mac;
  /** Largest inner IP packet, bytes. */
  readonly mtu: number;
  /** Mark in its alias. */
  readonly mark?: string;
}

/** The device stays down. */
export function createOverlayLink(socket: RtnetlinkSocket, desired: OverlayLink): void {
  if (desired.kind === 'vxlan') createVxlanDevice(socket, desired);
  else createPair(socket, desired);
}

/** What can be set while it is there. */
export function overlayLinkSettings({ mac, mtu }: OverlayLink) {
  return { mac, mtu, arp: false, gsoMaxSize: GSO_MAX_BYTES, groMaxSize: GSO_MAX_BYTES };
}

export function overlayAlias({ mark }: Pick<OverlayLink, 'mark'>): string {
  return aliasOf(mark ?? DEFAULT_NAMES.mark, 'overlay');
}

/** Made by Heddle: its alias says so or, if that was taken off, a kind of device that has no other use under this name. */
export function isOverlayLink({ alias, vxlan }: Pick<Link, 'alias' | 'vxlan'>): boolean {
  return alias === overlayAlias({}) || vxlan?.external === true;
}

/** The other end gives the device its carrier; whatever overlay_tx would let pass would end there. */
export function peerName(name: string): string {
  const LONGEST = 15; // IFNAMSIZ less the zero
  const base = name.slice(0, LONGEST - 1);
  return name === `${base}p` ? `${base}q` : `${base}p`;
}

/** No link-local address: the device has no neighbours to ask or announce anything to. */
export function overlaySysctls({ name, kind }: Pick<OverlayLink, 'name' | 'kind'>): SysctlWish[] {
  const peer = { name: `net/ipv6/conf/${peerName(name)}/disable_ipv6`, value: '1', optional: true };
  return [
    { name: `net/ipv6/conf/${name}/disable_ipv6`, value: '0', optional: true },
    { name: `net/ipv6/conf/${name}/addr_gen_mode`, value: '1', optional: true },
    { name: `net/ipv6/conf/${name}/accept_ra`, value: '0', optional: true },
    ...(kind === 'veth' ? [peer] : []),
  ];
}

export function reconcileOverlaySysctls(socket: RtnetlinkSocket, link: OverlayLink): Change[] {
  return reconcileSysctls(overlaySysctls(link), socket.netns);
}

function createVxlanDevice(socket: RtnetlinkSocket, desired: OverlayLink): void {
  const batch = socket.batch();
  createVxlan(batch, {
    name: desired.name,
    ...overlayLinkSettings(desired), // its MAC is in the creating message: udev would choose another otherwise
    port: desired.port,
    external: true,
    learning: false,
    udp6ZeroCsumRx: true,
    udp6ZeroCsumTx: true,
  });
  setLink(batch, desired.name, { alias: overlayAlias(desired) }); // the kernel takes no alias at creation
  batch.commit();
}

function createPair(socket: RtnetlinkSocket, desired: OverlayLink): void {
  const peer = { name: peerName(desired.name), mtu: desired.mtu, arp: false };
  const batch = socket.batch();
  createVeth(batch, { name: desired.name, ...overlayLinkSettings(desired), peer });
  for (const end of [desired.name, peer.name]) setLink(batch, end, { alias: overlayAlias(desired) });
  batch.commit();
}
