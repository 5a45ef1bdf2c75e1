// Creates the overlay device: the kernel's vxlan in external mode or, without vxlan, one end of a veth pair.
import type { Mac } from 'ip';
import { createVeth, createVxlan, type Link, type RtnetlinkSocket, setLink } from 'rtnetlink';
import type { Change } from '../model/change.ts';
import { GSO_MAX_BYTES } from './gso.ts';
import { aliasOf, DEFAULT_NAMES } from './names.ts';
import { reconcileSysctls, type SysctlSpec } from './sysctls.ts';

/** Kind of device. veth is always available, since pods need it. */
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
  /** Prefix of its alias. */
  readonly mark?: string;
}

/** Creates the device; it stays down. */
export function createOverlayLink(socket: RtnetlinkSocket, desired: OverlayLink): void {
  if (desired.kind === 'vxlan') createVxlanDevice(socket, desired);
  else createPair(socket, desired);
}

/** Attributes that can be changed on an existing device. */
export function overlayLinkAttributes({ mac, mtu }: OverlayLink) {
  return { mac, mtu, arp: false, gsoMaxSize: GSO_MAX_BYTES, groMaxSize: GSO_MAX_BYTES };
}

export function overlayAlias({ mark }: Pick<OverlayLink, 'mark'>): string {
  return aliasOf(mark ?? DEFAULT_NAMES.mark, 'overlay');
}

/** Whether Heddle created it: by its alias or, without one, by a kind of device that has no other use under this name. */
export function isOverlayLink({ alias, vxlan }: Pick<Link, 'alias' | 'vxlan'>): boolean {
  return alias === overlayAlias({}) || vxlan?.external === true;
}

/** The other end of the pair. It gives the device its carrier and drops what overlay_tx passes. */
export function peerName(name: string): string {
  const MAX_NAME = 15; // IFNAMSIZ less the zero
  const base = name.slice(0, MAX_NAME - 1);
  return name === `${base}p` ? `${base}q` : `${base}p`;
}

/** Disables link-local addresses: the device has no neighbours. */
export function overlaySysctls({ name, kind }: Pick<OverlayLink, 'name' | 'kind'>): SysctlSpec[] {
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
    ...overlayLinkAttributes(desired), // its MAC is in the creating message: udev would choose another otherwise
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
  createVeth(batch, { name: desired.name, ...overlayLinkAttributes(desired), peer });
  for (const end of [desired.name, peer.name]) setLink(batch, end, { alias: overlayAlias(desired) });
  batch.commit();
}
