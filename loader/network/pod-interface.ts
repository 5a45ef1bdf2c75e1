// Creates and deletes a pod's veth pair over rtnetlink, without starting a process.
import { type Addr, hostPrefix, isIpv4, type Mac } from 'ip';
import {
  addAddress,
  addAlternativeName,
  createVeth,
  createVethLater,
  deleteLink,
  getLink,
  isRtnetlinkError,
  openNetns,
  openSocket,
  type LinkId,
  type Netns,
  type RequestSink,
  type RtnetlinkError,
  type RtnetlinkSocket,
  setLink,
  type VethOptions,
  writeSysctl,
} from 'rtnetlink';
import { HeddleError, messageOf } from '../errors.ts';
import { GSO_MAX_BYTES } from './gso.ts';
import { nameOfRest, splitAlias } from './long-alias.ts';
import { aliasOf, DEFAULT_NAMES } from './names.ts';
import { addGateways } from './pod-gateway.ts';
import { setPodRoutes } from './pod-routes.ts';

export interface PodInterface {
  /** Path of the pod's network namespace. */
  readonly netns: string;
  /** Name of the interface in the pod. */
  readonly ifname: string;
  /** Name of the end on the host. */
  readonly hostInterface: string;
  readonly podMac: Mac;
  /** MAC of the end on the host. */
  readonly gatewayMac: Mac;
  /** Largest IP packet, bytes. */
  readonly mtu: number;
  /** At most one a family. */
  readonly addresses: readonly Addr[];
  /** Owner, for the alias of the host end. */
  readonly owner: string;
  /** Protocol of the host's routes; absent: the kernel's default. */
  readonly routeProtocol?: number;
  /** Prefix of the alias. */
  readonly mark?: string;
}

export interface PodLinks {
  readonly hostIfindex: number;
  /** In the pod's namespace. */
  readonly podIfindex: number;
  /** The host's number for the pod's namespace. */
  readonly podNetnsId: number;
}

/**
 * Creates the interface and the host's routes to it. `beforeUp` runs while the host end is down, so that no packet passes
 * before programs and map entries exist. A failure removes everything again. Answers before the pod can send:
 * `whenPodCanSend` waits for that.
 */
export function attachPod(
  socket: RtnetlinkSocket,
  pod: PodInterface,
  beforeUp: (links: PodLinks) => void,
): PodLinks {
  using netns = openPodNetns(pod.netns);
  createPair(socket, pod, netns);
  try {
    const links = findPair(socket, pod);
    configurePodEnd(pod, netns, links.podIfindex);
    setHostSysctls(socket, pod);
    beforeUp(links);
    setHostEndUp(socket, pod, links.hostIfindex);
    return links;
  } catch (error) {
    detachPod(socket, pod.hostInterface);
    throw error;
  }
}

/**
 * The first half of `attachPod`, up to the host's end, which stays down: no packet passes. The kernel makes the creation of
 * a pair wait, 10 ms and more on a busy machine, so it waits on another thread. `detachPod` undoes it.
 */
export async function makePod(socket: RtnetlinkSocket, pod: PodInterface): Promise<PodLinks> {
  using netns = openPodNetns(pod.netns);
  await createPairLater(socket, pod, netns);
  const links = findPair(socket, pod);
  configurePodEnd(pod, netns, links.podIfindex);
  setHostSysctls(socket, pod);
  return links;
}

/** Removes the pair, and with it the host's routes. Returns whether it existed. */
export function detachPod(socket: RtnetlinkSocket, device: LinkId): boolean {
  try {
    deleteLink(socket, device);
    return true;
  } catch (error) {
    if (isRtnetlinkError(error, 'ENODEV')) return false; // the kernel removed it with the pod's namespace
    throw error;
  }
}

/** Errors of open(2) for a path that leads to no namespace. ENXIO: a socket. */
export const NO_NETNS = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO', 'ENODEV'] as const;

function openPodNetns(path: string): Netns {
  try {
    return openNetns(path);
  } catch (cause) {
    if (isRtnetlinkError(cause, ...NO_NETNS)) {
      const text = `the network namespace ${path} does not exist: the container may have ended`;
      throw new HeddleError('NETNS_MISSING', text, { cause });
    }
    // A shortage of the daemon's own, or a refusal of the system's: the container is well.
    throw new HeddleError('IO', `the network namespace ${path}: ${messageOf(cause)}`, { cause });
  }
}

function createPair(socket: RtnetlinkSocket, pod: PodInterface, netns: Netns): void {
  const batch = socket.batch();
  try {
    createVeth(batch, pairOf(pod, netns));
    markHostEnd(batch, pod);
    batch.commit();
  } catch (cause) {
    throw explainCreation(socket, pod, cause);
  }
}

async function createPairLater(socket: RtnetlinkSocket, pod: PodInterface, netns: Netns): Promise<void> {
  using own = openSocket({ netns: socket.netns });
  try {
    await createVethLater(own, pairOf(pod, netns));
    const batch = socket.batch();
    markHostEnd(batch, pod);
    batch.commit();
  } catch (cause) {
    throw explainCreation(socket, pod, cause);
  }
}

function pairOf(pod: PodInterface, netns: Netns): VethOptions {
  const ends = { mtu: pod.mtu, gsoMaxSize: GSO_MAX_BYTES, groMaxSize: GSO_MAX_BYTES };
  return {
    ...ends,
    name: pod.hostInterface,
    mac: pod.gatewayMac, // in the creating message: udev would choose another otherwise
    peer: { ...ends, name: pod.ifname, mac: pod.podMac, netnsFd: netns.fd },
  };
}

/** The kernel takes no alias at creation. It is set right afterwards, so that cleanup recognises the link after a crash. */
function markHostEnd(sink: RequestSink, pod: PodInterface): void {
  const { alias, rest } = splitAlias(aliasOf(pod.mark ?? DEFAULT_NAMES.mark, pod.owner));
  setLink(sink, pod.hostInterface, {
    alias,
    ...(hasIpv6(pod) && { linkLocal: false }), // nothing on this link is ever announced or asked
  });
  if (rest !== undefined) addAlternativeName(sink, pod.hostInterface, nameOfRest(pod.hostInterface, rest));
}

function explainCreation(socket: RtnetlinkSocket, pod: PodInterface, cause: unknown): unknown {
  if (isRtnetlinkError(cause, 'EEXIST')) {
    const isHostEnd = getLink(socket, pod.hostInterface) !== undefined;
    const text = isHostEnd
      ? `the host has an interface ${pod.hostInterface} already: the container is attached, or was not detached`
      : `${pod.netns} has an interface ${pod.ifname} already: choose another CNI_IFNAME or remove it`;
    return new HeddleError('INTERFACE_EXISTS', text, { cause });
  }
  if (isRtnetlinkError(cause, 'EINVAL') && isOther(pod.netns))
    return new HeddleError('NETNS_MISSING', `${pod.netns} is not a network namespace`, { cause });
  return cause;
}

/** Whether the path leads to something that is no network namespace: setns(2) says so. */
function isOther(path: string): boolean {
  try {
    using socket = openSocket({ netns: path });
    return socket.netns === undefined;
  } catch (error) {
    return isRtnetlinkError(error, 'EINVAL', ...NO_NETNS);
  }
}

/** The kernel reports the peer's index in IFLA_LINK. */
function findPair(socket: RtnetlinkSocket, pod: PodInterface): PodLinks {
  const link = getLink(socket, pod.hostInterface);
  if (link?.peer === undefined)
    throw new HeddleError(
      'NETNS_MISSING',
      `the network namespace ${pod.netns} ended while it was being attached`,
    );
  // IFLA_LINK_NETNSID is present only if the peer is in another namespace.
  if (link.peerNetnsId === undefined)
    throw new HeddleError('INVALID_REQUEST', `${pod.netns} is the host's own network namespace, not a pod's`);
  return { hostIfindex: link.index, podIfindex: link.peer, podNetnsId: link.peerNetnsId };
}

function configurePodEnd(pod: PodInterface, netns: Netns, index: number): void {
  if (hasIpv6(pod))
    // Container runtimes disable IPv6 by default; this interface has an IPv6 address.
    writeSysctl(`net/ipv6/conf/${pod.ifname}/disable_ipv6`, '0', { netns });
  using socket = openSocket({ netns });
  const batch = socket.batch();
  setLink(batch, index, { up: true });
  for (const addr of pod.addresses) addAddress(batch, { ...hostPrefix(addr), index, noDad: true });
  addGateways(batch, index, pod.addresses, pod.gatewayMac);
  const failure = batch.settle().find(error => error !== undefined && !isDefaultTaken(error));
  if (failure !== undefined) throw failure;
}

/** Another network came first: its default route stays, as CNI has it. */
function isDefaultTaken({ code, subject }: RtnetlinkError): boolean {
  return code === 'EEXIST' && ['0.0.0.0/0', '::/0'].includes(subject);
}

function hasIpv6({ addresses }: PodInterface): boolean {
  return !addresses.every(isIpv4);
}

/** Enables IPv6 on the link even where it is off by default, and ignores router advertisements of pods. */
function setHostSysctls(socket: RtnetlinkSocket, pod: PodInterface): void {
  if (!hasIpv6(pod)) return;
  const folder = `net/ipv6/conf/${pod.hostInterface}`;
  const netns = socket.netns;
  writeSysctl(`${folder}/disable_ipv6`, '0', { netns });
  writeSysctl(`${folder}/accept_ra`, '0', { netns });
}

/** The second half: the routes, and the host's end up. Programs and map entries exist. */
export function setHostEndUp(socket: RtnetlinkSocket, pod: PodInterface, ifindex: number): void {
  const protocol = pod.routeProtocol ?? DEFAULT_NAMES.routeProtocol;
  const local = { ifindex, mac: pod.podMac, addresses: pod.addresses };
  const batch = socket.batch();
  setLink(batch, ifindex, { up: true });
  setPodRoutes(batch, local, protocol);
  batch.commit();
}
