// Reconciles the overlay device. The host's routes to remote pods use it; a vxlan device also provides the tunnel's GRO.
import { type Addr, ADDRESS_BITS, hostPrefix, isIpv4 } from 'ip';
import {
  addAddress,
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
import { HeddleError } from '../errors.ts';
import { type Change, change } from '../model/change.ts';
import { IPV6_MIN_MTU } from '../model/node-path.ts';
import { GSO_MAX_BYTES } from './gso.ts';
import {
  createOverlayLink,
  overlayAlias,
  type OverlayLink,
  overlayLinkAttributes,
  peerName,
  reconcileOverlaySysctls,
} from './overlay-link.ts';
import { rivalProblem, sharedAddresses, throwIfPortTaken } from './overlay-rivals.ts';

export interface OverlayDevice extends OverlayLink {
  /** The node's addresses in the overlay, one a family. */
  readonly addresses: readonly Addr[];
}

/** Difference: none, attributes that can be set, or a reason to recreate the device. */
export type OverlayDiff =
  | { readonly kind: 'create' }
  | { readonly kind: 'recreate'; readonly reason: string }
  | { readonly kind: 'mend'; readonly differences: readonly string[] };

export interface PreparedDevice {
  readonly ifindex: number;
  readonly changes: readonly Change[];
  /** One sentence for each device that claims the port and does not have it. */
  readonly problems: readonly string[];
}

export interface DeviceUp {
  readonly changes: readonly Change[];
  /** One sentence for each address that the kernel refused; the others are set. */
  readonly problems: readonly string[];
}

/**
 * Reconciles the device except its up state and addresses. A new device stays down until overlay_rx, which validates
 * decapsulated packets, is attached. An equal device is not touched, whether up or down.
 */
export function prepareOverlayDevice(socket: RtnetlinkSocket, desired: OverlayDevice): PreparedDevice {
  const former = removeFormer(socket, desired);
  const links = listLinks(socket);
  const actual = links.find(link => link.name === desired.name);
  const rivals = links.filter(link => link.name !== desired.name && link.vxlan?.port === desired.port);
  const diff = diffOverlayDevice(desired, actual);
  if (actual !== undefined && diff.kind === 'recreate') throwIfForeign(desired, actual);
  if (diff.kind !== 'mend' || actual?.up !== true) throwIfPortTaken(desired, rivals);
  const changes = applyDiff(socket, desired, diff);
  const settings = reconcileOverlaySysctls(socket, desired);
  const link = getLink(socket, desired.name);
  if (link === undefined)
    throw new HeddleError('IO', `${desired.name} was deleted while it was being created`);
  const problems = rivals.map(rival => rivalProblem(desired, rival));
  return { ifindex: link.index, changes: [...former, ...changes, ...settings], problems };
}

/** Sets the prepared device up and reconciles its addresses. */
export function setOverlayDeviceUp(socket: RtnetlinkSocket, desired: OverlayDevice): DeviceUp {
  const link = getLink(socket, desired.name);
  if (link === undefined) throw new HeddleError('IO', `${desired.name} does not exist`);
  const changes: Change[] = [];
  if (desired.kind === 'veth') setPeerUp(socket, desired.name);
  if (!link.up) {
    bringUp(socket, desired);
    changes.push(change(desired.name, 'brought up'));
  }
  const addresses = reconcileAddresses(socket, link, desired.addresses);
  return {
    changes: [...changes, ...addresses.changes],
    problems: [...addresses.problems, ...sharedAddresses(socket, desired)],
  };
}

/** Sets the device down, so that it decapsulates no packets while overlay_rx is not attached. */
export function setOverlayDeviceDown(socket: RtnetlinkSocket, name: string): Change[] {
  if (getLink(socket, name)?.up !== true) return [];
  setLink(socket, name, { up: false });
  return [change(name, 'set down')];
}

export function diffOverlayDevice(desired: OverlayDevice, actual: Link | undefined): OverlayDiff {
  if (actual === undefined) return { kind: 'create' };
  const reason = recreateReason(desired, actual);
  if (reason !== undefined) return { kind: 'recreate', reason };
  const differences = [
    actual.mac === desired.mac ? '' : `MAC ${actual.mac ?? 'none'} became ${desired.mac}`,
    actual.mtu === desired.mtu ? '' : `MTU ${actual.mtu} became ${desired.mtu}`,
    actual.arp ? 'ARP was switched off' : '',
    actual.alias === overlayAlias(desired) ? '' : 'alias was set',
    actual.gsoMaxSize === GSO_MAX_BYTES ? '' : `largest super-packet became ${GSO_MAX_BYTES} bytes`,
  ];
  return { kind: 'mend', differences: differences.filter(text => text !== '') };
}

/** Reason to recreate: attributes that cannot be changed. */
function recreateReason(desired: OverlayDevice, { vxlan, ...actual }: Link): string | undefined {
  if (desired.kind === 'veth') {
    const isOurs = actual.kind === 'veth' && actual.alias === overlayAlias(desired);
    return isOurs ? undefined : "it was not an end of Heddle's veth pair";
  }
  if (vxlan?.external !== true) return 'it was not a VXLAN device in external mode';
  if (vxlan.port !== desired.port) return `its UDP port was ${vxlan.port}`;
  if (!vxlan.udp6ZeroCsumRx || vxlan.learning)
    return 'it learned addresses or refused zero checksums over IPv6';
  return undefined;
}

function applyDiff(socket: RtnetlinkSocket, desired: OverlayDevice, diff: OverlayDiff): Change[] {
  if (diff.kind === 'mend') {
    if (diff.differences.length > 0)
      setLink(socket, desired.name, { ...overlayLinkAttributes(desired), alias: overlayAlias(desired) });
    return diff.differences.map(text => change(desired.name, text));
  }
  if (diff.kind === 'recreate') deleteLink(socket, desired.name);
  createOverlayLink(socket, desired);
  return [change(desired.name, diff.kind === 'create' ? 'created' : `recreated, because ${diff.reason}`)];
}

function setPeerUp(socket: RtnetlinkSocket, name: string): void {
  const peer = getLink(socket, peerName(name));
  if (peer?.up === false) setLink(socket, peer.index, { up: true });
}

/** Overlay devices under another name: one was renamed, or the configuration names another. */
function removeFormer(socket: RtnetlinkSocket, desired: OverlayDevice): Change[] {
  const names = [desired.name, peerName(desired.name)];
  const isFormer = (link: Link): boolean =>
    link.alias === overlayAlias(desired) && !names.includes(link.name);
  const removed: Change[] = [];
  for (let link = listLinks(socket).find(isFormer); link; link = listLinks(socket).find(isFormer)) {
    deleteLink(socket, link.index); // the other end of a pair goes with it
    removed.push(change(link.name, `removed: the overlay device is ${desired.name}`));
  }
  return removed;
}

/** A device without Heddle's alias is never deleted: it may be the node's NIC. */
function throwIfForeign({ name, ...desired }: OverlayDevice, { alias }: Link): void {
  if (alias === overlayAlias(desired)) return;
  throw new HeddleError(
    'INTERFACE_EXISTS',
    `the device ${name} exists already and is not Heddle's: set another overlayDevice, or rename that device`,
  );
}

function bringUp(socket: RtnetlinkSocket, { name, port }: OverlayDevice): void {
  try {
    setLink(socket, name, { up: true });
  } catch (cause) {
    if (!isRtnetlinkError(cause, 'EADDRINUSE', 'EBUSY')) throw cause;
    const text =
      `UDP port ${port} is taken by another program: ` +
      `find it (ss -lunp sport = :${port}) and stop it, or set another tunnel.port on every node`;
    throw new HeddleError('PORT_TAKEN', text, { cause });
  }
}

function reconcileAddresses(socket: RtnetlinkSocket, link: Link, desired: readonly Addr[]): DeviceUp {
  const { missing, stale } = diffAddresses(desired, listAddresses(socket, link.index));
  for (const address of stale) deleteAddress(socket, address);
  const batch = socket.batch();
  for (const addr of missing) addAddress(batch, { ...hostPrefix(addr), index: link.index, noDad: true });
  const failures = batch.settle();
  return {
    changes: [
      ...stale.map(({ address }) => change(link.name, `address ${address} removed`)),
      ...missing
        .filter((_, i) => failures[i] === undefined)
        .map(addr => change(link.name, `address ${addr} added`)),
    ],
    problems: missing.flatMap((addr, i) => {
      const failure = failures[i];
      return failure === undefined ? [] : [addressProblem(link, addr, failure.message)];
    }),
  };
}

/** The kernel gives a device with less than IPv6's minimum MTU no IPv6 at all (RFC 8200 section 5). */
function addressProblem({ name, mtu }: Link, addr: Addr, reason: string): string {
  if (isIpv4(addr) || mtu >= IPV6_MIN_MTU) return `${name} cannot have the address ${addr}: ${reason}`;
  return (
    `${name} cannot have the address ${addr}: its MTU of ${mtu} bytes is below the ${IPV6_MIN_MTU} of IPv6, ` +
    `so the host reaches no pods of other nodes over IPv6: raise the MTU of the uplink by ${IPV6_MIN_MTU - mtu}`
  );
}

/** Link-local addresses are left to the kernel. */
export function diffAddresses(
  desired: readonly Addr[],
  actual: readonly InterfaceAddress[],
): { readonly missing: readonly Addr[]; readonly stale: readonly InterfaceAddress[] } {
  const isHost = (one: InterfaceAddress) => one.prefixLength === ADDRESS_BITS[one.family];
  const isRight = (one: InterfaceAddress) => isHost(one) && desired.some(addr => addr === one.address);
  return {
    missing: desired.filter(addr => !actual.some(one => one.address === addr && isHost(one))),
    stale: actual.filter(one => one.scope !== 'link' && !isRight(one)),
  };
}
