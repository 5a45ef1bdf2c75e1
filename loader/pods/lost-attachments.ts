// Attachments whose records are lost (a wiped or another state directory, a damaged file, an older copy that was put back),
// rebuilt from what the kernel still has of them: the alias of the device says whose it is; rows, or else routes and
// neighbours, say the addresses and the MAC; hd_iface says the pod id. Read before anything is reconciled, which would
// remove those as stale.
import { type Addr, isIpv4, type Mac, parseAddr, parseMac } from 'ip';
import {
  listLinks,
  listNeighbours,
  listRoutes,
  type Link,
  type Neighbour,
  type Route,
  type RtnetlinkSocket,
} from 'rtnetlink';
import { IfaceKind } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import type { Ipam } from '../ipam/ipam.ts';
import type { Attachment, LostAttachment } from '../model/attachment.ts';
import { DEFAULT_NAMES } from '../network/names.ts';
import { podOwnerOf } from '../network/pod-links.ts';
import { listPinnedLinks } from '../programs/pinned-links.ts';
import { readPinnedRows } from '../programs/pinned-rows.ts';
import { hostInterfaceName, recoveredKey } from './host-interface.ts';

/** What the kernel has of pods. */
export interface PodTraces {
  readonly links: readonly Link[];
  /** Names that devices were made with, by index, as far as their pins say. */
  readonly names: ReadonlyMap<number, string>;
  /** Of Heddle's protocol. */
  readonly routes: readonly Route[];
  readonly neighbours: readonly Neighbour[];
  readonly endpoints: readonly { readonly addr: Addr; readonly ifindex: number }[];
  /** Rows of hd_iface of pods' devices: an index may be an uplink's now. */
  readonly ifaces: readonly { readonly ifindex: number; readonly podId: number; readonly mac: Mac }[];
}

/** A pod's device that no record names. */
export interface LostPod {
  readonly hostInterface: string;
  /** As the alias says. */
  readonly owner: string;
  readonly addresses: readonly Addr[];
  /** Undefined: too little is left of it. */
  readonly attachment: LostAttachment | undefined;
}

export interface Recovered {
  readonly attachments: readonly Attachment[];
  /** Devices whose pods cannot be rebuilt. Their addresses are held. */
  readonly unknown: readonly LostPod[];
  /** Records of containers that are gone, whose addresses living pods have. They were released. */
  readonly contradicted: readonly Attachment[];
}

/** Throws `IO` when the state directory cannot be written. */
export function recoverAttachments(socket: RtnetlinkSocket, pinRoot: string, ipam: Ipam): Recovered {
  const names = pinnedNames(pinRoot);
  const all = listLinks(socket);
  const existing = new Set(all.map(link => nameOf(link, names)));
  const isLive = ({ hostInterface }: Attachment): boolean => existing.has(hostInterface);
  const contradicted = ipam.releaseContradicted(isLive);
  const known = new Set([...ipam.attachments.values()].map(({ hostInterface }) => hostInterface));
  const ifaces = readPinnedRows<PodTraces['ifaces']>(pinRoot, podIfaces, []);
  const links = all.filter(
    link => isLost(link, names, known) || isLostRegistered(link, { names, ifaces, known }),
  );
  if (links.length === 0) return { attachments: [], unknown: [], contradicted };
  const attachments: Attachment[] = [];
  const unknown: LostPod[] = [];
  for (const pod of lostPods({ links, names, ifaces, ...readTraces(socket, pinRoot) })) {
    const restored = pod.attachment && ipam.restore(pod.attachment, isLive);
    if (restored !== undefined) attachments.push(restored);
    else unknown.push(pod);
  }
  for (const { hostInterface, addresses, owner } of unknown) ipam.held.hold(hostInterface, addresses, owner);
  return { attachments, unknown, contradicted };
}

/** Pure. `known`: names of the devices that have a record. */
export function isLost(link: Link, names: PodTraces['names'], known: ReadonlySet<string>): boolean {
  return podOwnerOf(link) !== undefined && !known.has(nameOf(link, names));
}

/** A device that its caller made: its row says that it is a pod's, and nothing says whose. */
function isLostRegistered(
  link: Link,
  { names, ifaces, known }: Pick<PodTraces, 'names' | 'ifaces'> & { readonly known: ReadonlySet<string> },
): boolean {
  const hasRow = ifaces.some(({ ifindex }) => ifindex === link.index);
  return hasRow && !known.has(nameOf(link, names));
}

/** Pure. */
export function lostPods(traces: PodTraces): LostPod[] {
  return traces.links.map(link => {
    const owner = podOwnerOf(link);
    if (owner !== undefined) return lostPod(traces, link, owner);
    const hostInterface = nameOf(link, traces.names);
    const addresses = addressesOf(traces, link.index);
    return { hostInterface, owner: `the device ${hostInterface}`, addresses, attachment: undefined };
  });
}

/** The name that a device was made with: it may have been renamed, its pins have not. */
function nameOf(link: Link, names: PodTraces['names']): string {
  return names.get(link.index) ?? link.name;
}

function lostPod(traces: PodTraces, link: Link, owner: string): LostPod {
  const iface = traces.ifaces.find(({ ifindex }) => ifindex === link.index);
  const addresses = addressesOf(traces, link.index);
  const mac = iface?.mac ?? neighbourMac(traces, link.index);
  const hostInterface = nameOf(link, traces.names);
  const isUsable = mac !== undefined && addresses.length > 0 && onePerFamily(addresses);
  if (!isUsable) return { hostInterface, owner, addresses, attachment: undefined };
  const pod = podOf(owner);
  const attachment = {
    ...keyOf(owner, hostInterface),
    ...{ netns: '', hostInterface, podMac: mac, addresses, mtu: link.mtu },
    ...(pod && { pod }),
    ...(iface && { podId: iface.podId }),
  };
  return { hostInterface, owner, addresses, attachment };
}

/** IPv4 first. */
function addressesOf({ endpoints, routes }: PodTraces, ifindex: number): Addr[] {
  const fromRows = endpoints.filter(endpoint => endpoint.ifindex === ifindex).map(({ addr }) => addr);
  const fromRoutes = routes
    .filter(({ nextHops }) => nextHops.some(({ index }) => index === ifindex))
    .map(({ destination }) => parseAddr(destination.address));
  const all = [...new Set([...fromRows, ...fromRoutes])];
  return [...all.filter(isIpv4), ...all.filter(addr => !isIpv4(addr))];
}

function onePerFamily(addresses: readonly Addr[]): boolean {
  const ipv4 = addresses.filter(isIpv4).length;
  return ipv4 <= 1 && addresses.length - ipv4 <= 1;
}

function neighbourMac({ neighbours }: PodTraces, ifindex: number): Mac | undefined {
  const entry = neighbours.find(({ index, state }) => index === ifindex && state === 'permanent');
  return entry?.mac === undefined ? undefined : parseMac(entry.mac);
}

function podOf(owner: string): Attachment['pod'] {
  const [, namespace, name] = /^pod ([^/]+)\/(.+)$/.exec(owner) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** A container that is no pod has its id in the alias. */
function keyOf(owner: string, hostInterface: string): Pick<Attachment, 'containerId' | 'ifname'> {
  const key = { containerId: owner.replace(/^container /, ''), ifname: 'eth0' };
  return hostInterfaceName(key) === hostInterface ? key : recoveredKey(hostInterface);
}

/** Names that pods' devices were made with, by index. */
export function pinnedNames(pinRoot: string): ReadonlyMap<number, string> {
  return new Map(
    listPinnedLinks(pinRoot).flatMap(({ hook, device, ifindex = 0 }) =>
      hook === 'pod_tx' && device !== undefined && ifindex !== 0 ? [[ifindex, device]] : [],
    ),
  );
}

function readTraces(
  socket: RtnetlinkSocket,
  pinRoot: string,
): Pick<PodTraces, 'routes' | 'neighbours' | 'endpoints'> {
  return {
    routes: listRoutes(socket, { protocol: DEFAULT_NAMES.routeProtocol }),
    neighbours: listNeighbours(socket),
    endpoints: readPinnedRows<PodTraces['endpoints']>(pinRoot, localEndpoints, []),
  };
}

function localEndpoints({ hd_endpoint }: MapSet): PodTraces['endpoints'] {
  return [...hd_endpoint.entries()].map(([{ addr }, { ifindex }]) => ({ addr, ifindex }));
}

function podIfaces({ hd_iface }: MapSet): PodTraces['ifaces'] {
  return [...hd_iface.entries()]
    .filter(([, { kind }]) => kind === IfaceKind.POD)
    .map(([{ ifindex }, { podId, mac }]) => ({ ifindex, podId, mac }));
}
