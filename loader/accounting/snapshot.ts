// One reading of all packet counters: the programs' own, and those of devices, the kernel and nftables.
import { isDeepStrictEqual } from 'node:util';
import { Program } from 'libbpf-ts';
import { getLink, getLinkCounters, type Link, type LinkCounters, type RtnetlinkSocket } from 'rtnetlink';
import { HOOK_NAMES, type HookName, type VerdictName } from '../abi/hook-name.ts';
import type { MapSet } from '../abi/map-set.ts';
import { listPinnedLinks, type PinnedLink } from '../programs/pinned-links.ts';
import { openPinnedProgram } from '../programs/pinned-programs.ts';
import { readMetrics } from '../tables/metrics.ts';
import type { HostPackets } from './host-packets.ts';

/** Runs of each hook's program, as the kernel counts them while run statistics are on. */
export type Runs = ReadonlyMap<HookName, bigint>;

/** Packet counters of devices, summed over each kind of device. */
export interface DeviceCounts {
  /** Sent by pods, counted in their namespaces. */
  readonly sentByPods: bigint;
  /** Received by pods, counted in their namespaces. */
  readonly receivedByPods: bigint;
  /** Sent by the host-side veths of pods. */
  readonly sentToPods: bigint;
  /** Sent by the uplink, or dropped by its qdisc. */
  readonly sentByUplink: bigint;
  /** Of these, sent by the host's own stack. */
  readonly sentByHost: bigint;
}

/** `before` and `after` are read around all other values. */
export interface Snapshot {
  readonly runs: { readonly before: Runs; readonly after: Runs };
  readonly devices: { readonly before: DeviceCounts; readonly after: DeviceCounts };
  readonly packets: ReadonlyMap<HookName, ReadonlyMap<VerdictName, bigint>>;
  /** Ids of the programs: a replaced program has new counters. */
  readonly programs: string;
  /** Whether the uplink counts a GSO packet once. */
  readonly hasWholeUplink: boolean;
}

export interface Counted {
  readonly pinRoot: string;
  readonly maps: MapSet;
  readonly socket: RtnetlinkSocket;
  readonly host: HostPackets;
}

/** Attempts to read while no counter changes. */
const ATTEMPTS = 20;

/** Repeats the reading until no counter has changed meanwhile, up to `ATTEMPTS` times; then every number is exact. */
export async function takeSnapshot(counted: Counted): Promise<Snapshot> {
  for (let attempt = 1; ; attempt++) {
    const snapshot = await readSnapshot(counted);
    if (attempt === ATTEMPTS || isExact(snapshot)) return snapshot;
  }
}

function isExact({ runs, devices }: Snapshot): boolean {
  return isDeepStrictEqual(runs.before, runs.after) && isDeepStrictEqual(devices.before, devices.after);
}

async function readSnapshot({ pinRoot, maps, socket, host }: Counted): Promise<Snapshot> {
  const links = listPinnedLinks(pinRoot);
  const runsBefore = readRuns(pinRoot);
  const sentByHost = await host.read();
  const devicesBefore = { ...readDevices(socket, links), sentByHost };
  const packets = readPackets(maps);
  const devicesAfter = { ...readDevices(socket, links), sentByHost: await host.read() };
  return {
    packets,
    devices: { before: devicesBefore, after: devicesAfter },
    runs: { before: runsBefore, after: readRuns(pinRoot) },
    hasWholeUplink: uplinksOf(links, socket).every(({ kind }) => kind === 'veth'),
    programs: [...new Set(links.map(({ programId }) => programId))].sort().join(' '),
  };
}

function readRuns(pinRoot: string): Runs {
  return new Map(
    HOOK_NAMES.flatMap(hook => {
      using program: Program | undefined = openPinnedProgram(pinRoot, hook);
      return program === undefined ? [] : [[hook, program.info().runCount] as const];
    }),
  );
}

function readPackets(maps: MapSet): Snapshot['packets'] {
  const packets = new Map<HookName, Map<VerdictName, bigint>>();
  for (const row of readMetrics(maps.hd_metrics)) {
    const ofHook = packets.get(row.hook) ?? new Map<VerdictName, bigint>();
    packets.set(row.hook, ofHook.set(row.verdict, row.packets));
  }
  return packets;
}

function readDevices(
  socket: RtnetlinkSocket,
  links: readonly PinnedLink[],
): Omit<DeviceCounts, 'sentByHost'> {
  const uplinks = devicesOf(links, 'uplink_rx').map(index => getLinkCounters(socket, index));
  const pods = devicesOf(links, 'pod_tx').map(index => readPair(socket, index));
  return {
    sentByPods: total(pods, ({ inside }) => inside?.txPackets),
    receivedByPods: total(pods, ({ inside }) => inside?.rxPackets),
    sentToPods: total(pods, ({ outside }) => outside?.txPackets),
    sentByUplink: total(uplinks, counters => counters && counters.txPackets + counters.txDropped),
  };
}

/** Names of the devices that have uplink_rx. */
export function uplinkNames(pinRoot: string, socket: RtnetlinkSocket): string[] {
  return uplinksOf(listPinnedLinks(pinRoot), socket).map(({ name }) => name);
}

function uplinksOf(links: readonly PinnedLink[], socket: RtnetlinkSocket): Link[] {
  return devicesOf(links, 'uplink_rx').flatMap(index => getLink(socket, index) ?? []);
}

function devicesOf(links: readonly PinnedLink[], hook: HookName): number[] {
  return links.flatMap(link => (link.hook === hook && link.ifindex ? [link.ifindex] : []));
}

interface Pair {
  /** The pod's end. */
  readonly inside: LinkCounters | undefined;
  /** The host's. */
  readonly outside: LinkCounters | undefined;
}

function readPair(socket: RtnetlinkSocket, index: number): Pair {
  const link = getLink(socket, index);
  const inside = link?.peer === undefined ? undefined : getLinkCounters(socket, link.peer, link.peerNetnsId);
  return { inside, outside: getLinkCounters(socket, index) };
}

function total<T>(of: readonly T[], count: (one: T) => bigint | undefined): bigint {
  return of.reduce((sum, one) => sum + (count(one) ?? 0n), 0n);
}
