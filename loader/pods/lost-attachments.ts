// Attachments whose records are lost (a wiped or another state directory, a damaged file), rebuilt from what the kernel
// still has of them: the alias of the device says whose it is; rows, or else routes and neighbours, say the addresses and
// the MAC; hd_iface says the pod id. Read before anything is reconciled, which would remove those as nobody's.
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
import type { MapSet } from '../abi/map-set.ts';
import type { Ipam, LostAttachment } from '../ipam/ipam.ts';
import type { Attachment } from '../model/attachment.ts';
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
  readonly ports: readonly { readonly ifindex: number; readonly podId: number; readonly mac: Mac }[];
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
}

/** Throws `IO` when the state directory cannot be written. */
export function recoverAttachments(socket: RtnetlinkSocket, pinRoot: string, ipam: Ipam): Recovered {
  const known = new Set([...ipam.attachments.values()].map(({ hostInterface }) => hostInterface));
  const names = pinnedNames(pinRoot);
  const links = listLinks(socket).filter(link => isLost(link, names, known));
  if (links.length === 0) return { attachments: [], unknown: [] };
  const lost = lostPods({ links, names, ...readTraces(socket, pinRoot) });
  const attachments: Attachment[] = [];
  const unknown: LostPod[] = [];
  for (const pod of lost) {
    const restored = pod.attachment && ipam.restore(pod.attachment);
    if (restored !== undefined) attachments.push(restored);
    else unknown.push(pod);
  }
  for (const { addresses, owner } of unknown) ipam.hold(addresses, owner);
  return { attachments, unknown };
}

/** Pure. `known`: names of the devices that have a record. */
export function isLost(link: Link, names: PodTraces['names'], known: ReadonlySet<string>): boolean {
  return podOwnerOf(link) !== undefined && !known.has(names.get(link.index) ?? link.name);
}

/** Pure. */
export function lostPods(traces: PodTraces): LostPod[] {
  return traces.links.flatMap(link => {
    const owner = podOwnerOf(link);
    return owner === undefined ? [] : [lostPod(traces, link, owner)];
  });
}

function lostPod(traces: PodTraces, link: Link, owner: string): LostPod {
  const port = traces.ports.find(({ ifindex }) => ifindex === link.index);
  const addresses = addressesOf(traces, link.index);
  const mac = port?.mac ?? neighbourMac(traces, link.index);
  const hostInterface = traces.names.get(link.index) ?? link.name;
  const isUsable = mac !== undefined && addresses.length > 0 && onePerFamily(addresses);
  if (!isUsable) return { hostInterface, owner, addresses, attachment: undefined };
  const pod = podOf(owner);
  const attachment = {
    ...keyOf(owner, hostInterface),
    ...{ netns: '', hostInterface, podMac: mac, addresses, mtu: link.mtu },
    ...(pod && { pod }),
    ...(port && { podId: port.podId }),
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

/** Names that pods' devices were made with, by index: a device may have been renamed, its pins have not. */
export function pinnedNames(pinRoot: string): ReadonlyMap<number, string> {
  return new Map(
    listPinnedLinks(pinRoot).flatMap(({ hook, device, ifindex = 0 }) =>
      hook === 'pod_tx' && device !== undefined && ifindex !== 0 ? [[ifindex, device]] : [],
    ),
  );
}

function readTraces(socket: RtnetlinkSocket, pinRoot: string): Omit<PodTraces, 'links' | 'names'> {
  return {
    routes: listRoutes(socket, { protocol: DEFAULT_NAMES.routeProtocol }),
    neighbours: listNeighbours(socket),
    ...readPinnedRows(pinRoot, rowsOf, { endpoints: [], ports: [] }),
  };
}

function rowsOf({ hd_endpoint, hd_iface }: MapSet): Pick<PodTraces, 'endpoints' | 'ports'> {
  return {
    endpoints: [...hd_endpoint.entries()].map(([{ addr }, { ifindex }]) => ({ addr, ifindex })),
    ports: [...hd_iface.entries()].map(([{ ifindex }, { podId, mac }]) => ({ ifindex, podId, mac })),
  };
}
