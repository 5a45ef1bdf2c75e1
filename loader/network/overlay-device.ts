// The overlay device: a VXLAN device in external mode that carries the host's routes to remote pods and the tunnel's GRO.
import {
  addAddress,
  createVxlan,
  deleteAddress,
  deleteLink,
  getLink,
  isRtnetlinkError,
  type InterfaceAddress,
  type Link,
  listAddresses,
  listLinks,
  type RtnetlinkSocket,
  setLink,
} from 'rtnetlink';
import { DataplaneError } from '../errors.ts';
import type { Addr } from '../model/addr.ts';
import type { Mac } from '../model/mac.ts';
import { type Change, change } from '../model/change.ts';
import { GSO_MAX_BYTES } from './gso.ts';
import { aliasOf, DEFAULT_NAMES } from './names.ts';
import { hostPrefix } from './prefix.ts';
import { reconcileSysctls, type SysctlWish } from './sysctls.ts';

export interface OverlayDevice {
  readonly name: string;
  /** UDP port, the same on every node. */
  readonly port: number;
  readonly mac: Mac;
  /** Largest inner IP packet, bytes. */
  readonly mtu: number;
  /** The node's own addresses in the overlay, one a family. */
  readonly addresses: readonly Addr[];
  /** Mark in its alias. */
  readonly mark?: string;
}

/** What differs: nothing, things that can be set, or so much that the device has to be made anew. */
export type OverlayDiff =
  | { readonly kind: 'create' }
  | { readonly kind: 'recreate'; readonly reason: string }
  | { readonly kind: 'mend'; readonly differences: readonly string[] };

export interface PreparedDevice {
  readonly ifindex: number;
  readonly changes: readonly Change[];
}

/**
 * Makes the device right except for being up and for its addresses: a new one stays down, so that the program that
 * checks what it decapsulates is there first. One that is right, up or not, is left alone.
 */
export function prepareOverlayDevice(socket: RtnetlinkSocket, desired: OverlayDevice): PreparedDevice {
  refuseTakenPort(desired, listLinks(socket));
  const diff = diffOverlayDevice(desired, getLink(socket, desired.name));
  const changes = applyDiff(socket, desired, diff);
  const settings = reconcileSysctls(overlaySysctls(desired.name), socket.netns);
  const link = getLink(socket, desired.name);
  if (link === undefined) throw new DataplaneError('IO', `${desired.name} vanished while it was being made`);
  return { ifindex: link.index, changes: [...changes, ...settings] };
}

/** Brings the prepared device up and gives it its addresses. */
export function raiseOverlayDevice(socket: RtnetlinkSocket, desired: OverlayDevice): Change[] {
  const link = getLink(socket, desired.name);
  if (link === undefined) throw new DataplaneError('IO', `${desired.name} is gone`);
  const changes: Change[] = [];
  if (!link.up) {
    bringUp(socket, desired);
    changes.push(change(desired.name, 'brought up'));
  }
  return [...changes, ...reconcileAddresses(socket, link, desired.addresses)];
}

/** Takes the device out of service: nothing may be decapsulated that no program checks. */
export function lowerOverlayDevice(socket: RtnetlinkSocket, name: string): Change[] {
  if (getLink(socket, name)?.up !== true) return [];
  setLink(socket, name, { up: false });
  return [change(name, 'taken down')];
}

export function diffOverlayDevice(desired: OverlayDevice, actual: Link | undefined): OverlayDiff {
  if (actual === undefined) return { kind: 'create' };
  const vxlan = actual.vxlan;
  if (vxlan?.external !== true)
    return { kind: 'recreate', reason: 'it was no VXLAN device in external mode' };
  if (vxlan.port !== desired.port) return { kind: 'recreate', reason: `its UDP port was ${vxlan.port}` };
  if (!vxlan.udp6ZeroCsumRx || vxlan.learning)
    return { kind: 'recreate', reason: 'it learned addresses or refused zero checksums over IPv6' };
  const differences = [
    actual.mac === desired.mac ? '' : `MAC ${actual.mac ?? 'none'} became ${desired.mac}`,
    actual.mtu === desired.mtu ? '' : `MTU ${actual.mtu} became ${desired.mtu}`,
    actual.arp ? 'ARP was switched off' : '',
    actual.alias === aliasFor(desired) ? '' : 'was marked as ours',
    actual.gsoMaxSize === GSO_MAX_BYTES ? '' : `largest super-packet became ${GSO_MAX_BYTES} bytes`,
  ];
  return { kind: 'mend', differences: differences.filter(text => text !== '') };
}

function applyDiff(socket: RtnetlinkSocket, desired: OverlayDevice, diff: OverlayDiff): Change[] {
  if (diff.kind === 'mend') {
    if (diff.differences.length > 0)
      setLink(socket, desired.name, { ...settingsOf(desired), alias: aliasFor(desired) });
    return diff.differences.map(text => change(desired.name, text));
  }
  if (diff.kind === 'recreate') deleteLink(socket, desired.name);
  create(socket, desired);
  return [change(desired.name, diff.kind === 'create' ? 'created' : `made anew, because ${diff.reason}`)];
}

function create(socket: RtnetlinkSocket, desired: OverlayDevice): void {
  const batch = socket.batch();
  createVxlan(batch, {
    name: desired.name,
    ...settingsOf(desired), // its MAC is in the creating message: udev would choose another otherwise
    port: desired.port,
    external: true,
    learning: false,
    udp6ZeroCsumRx: true,
    udp6ZeroCsumTx: true,
  });
  setLink(batch, desired.name, { alias: aliasFor(desired) }); // the kernel takes no alias at creation
  batch.commit();
}

function settingsOf({ mac, mtu }: OverlayDevice) {
  return { mac, mtu, arp: false, gsoMaxSize: GSO_MAX_BYTES, groMaxSize: GSO_MAX_BYTES };
}

function aliasFor({ mark }: OverlayDevice): string {
  return aliasOf(mark ?? DEFAULT_NAMES.mark, 'overlay');
}

/** No link-local address: the device has no neighbours to ask or announce anything to. */
export function overlaySysctls(name: string): SysctlWish[] {
  return [
    { name: `net/ipv6/conf/${name}/disable_ipv6`, value: '0', optional: true },
    { name: `net/ipv6/conf/${name}/addr_gen_mode`, value: '1', optional: true },
    { name: `net/ipv6/conf/${name}/accept_ra`, value: '0', optional: true },
  ];
}

function refuseTakenPort(desired: OverlayDevice, links: readonly Link[]): void {
  const holder = links.find(link => link.name !== desired.name && link.vxlan?.port === desired.port);
  if (holder === undefined) return;
  throw new DataplaneError(
    'PORT_TAKEN',
    `UDP port ${desired.port} is taken by the VXLAN device ${holder.name}: ` +
      `remove it (ip link delete ${holder.name}) or set another vxlan_port on every node`,
  );
}

function bringUp(socket: RtnetlinkSocket, { name, port }: OverlayDevice): void {
  try {
    setLink(socket, name, { up: true });
  } catch (cause) {
    if (!isRtnetlinkError(cause, 'EADDRINUSE', 'EBUSY')) throw cause;
    const text =
      `UDP port ${port} is taken by another program: ` +
      `find it (ss -lunp sport = :${port}) and stop it, or set another vxlan_port on every node`;
    throw new DataplaneError('PORT_TAKEN', text, { cause });
  }
}

function reconcileAddresses(socket: RtnetlinkSocket, link: Link, desired: readonly Addr[]): Change[] {
  const actual = listAddresses(socket, link.index);
  const { missing, stale } = diffAddresses(desired, actual);
  for (const address of stale) deleteAddress(socket, address);
  for (const addr of missing) addAddress(socket, { ...hostPrefix(addr), index: link.index, noDad: true });
  return [
    ...stale.map(({ address }) => change(link.name, `lost the address ${address}`)),
    ...missing.map(addr => change(link.name, `got the address ${addr}`)),
  ];
}

/** Link-local addresses are the kernel's own affair. */
export function diffAddresses(
  desired: readonly Addr[],
  actual: readonly InterfaceAddress[],
): { readonly missing: readonly Addr[]; readonly stale: readonly InterfaceAddress[] } {
  const isHost = (one: InterfaceAddress) => one.prefixLength === (one.family === 'ipv4' ? 32 : 128);
  const isRight = (one: InterfaceAddress) => isHost(one) && desired.some(addr => addr === one.address);
  return {
    missing: desired.filter(addr => !actual.some(one => one.address === addr && isHost(one))),
    stale: actual.filter(one => one.scope !== 'link' && !isRight(one)),
  };
}
