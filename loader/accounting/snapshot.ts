// One reading of everything that counts packets: the programs' own counters, and those outside of them.
import { Program } from 'libbpf-ts';
import { getLink, getLinkCounters, type LinkCounters, type RtnetlinkSocket } from 'rtnetlink';
import { HOOK_NAMES, type HookName, type VerdictName } from '../abi/hook-name.ts';
import type { MapSet } from '../abi/map-set.ts';
import { listPinnedLinks, type PinnedLink } from '../datapath/pinned-links.ts';
import { openPinnedProgram } from '../datapath/pinned-programs.ts';
import { readMetrics } from '../maps/metrics.ts';

/** Runs of each hook's program, as the kernel counts them while run statistics are on. */
export type Runs = ReadonlyMap<HookName, bigint>;

/** Packets that devices have counted, in all of a kind together. */
export interface DeviceCounts {
  /** Sent by pods, counted in their namespaces. */
  readonly sentByPods: bigint;
  /** Received by pods, counted in their namespaces. */
  readonly receivedByPods: bigint;
  /** Given to the host's ends of pods' devices to send. */
  readonly sentToPods: bigint;
  /** Sent, or refused by its queue. */
  readonly sentByUplink: bigint;
}

/** What comes later in this list was read later; `before` and `after` hold everything between them. */
export interface Snapshot {
  readonly runs: { readonly before: Runs; readonly after: Runs };
  readonly devices: { readonly before: DeviceCounts; readonly after: DeviceCounts };
  readonly packets: ReadonlyMap<HookName, ReadonlyMap<VerdictName, bigint>>;
  /** Ids of the programs: others have counters of their own. */
  readonly programs: string;
}

export interface Counted {
  readonly pinRoot: string;
  readonly maps: MapSet;
  readonly socket: RtnetlinkSocket;
}

export function takeSnapshot({ pinRoot, maps, socket }: Counted): Snapshot {
  const links = listPinnedLinks(pinRoot);
  const runsBefore = readRuns(pinRoot);
  const devicesBefore = readDevices(socket, links);
  const packets = readPackets(maps);
  const devicesAfter = readDevices(socket, links);
  return {
    packets,
    devices: { before: devicesBefore, after: devicesAfter },
    runs: { before: runsBefore, after: readRuns(pinRoot) },
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

function readDevices(socket: RtnetlinkSocket, links: readonly PinnedLink[]): DeviceCounts {
  const pods = devicesOf(links, 'pod_tx').map(index => readPair(socket, index));
  const uplinks = devicesOf(links, 'uplink_rx').map(index => getLinkCounters(socket, index));
  return {
    sentByPods: total(pods, ({ inside }) => inside?.txPackets),
    receivedByPods: total(pods, ({ inside }) => inside?.rxPackets),
    sentToPods: total(pods, ({ outside }) => outside?.txPackets),
    sentByUplink: total(uplinks, counters => counters && counters.txPackets + counters.txDropped),
  };
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
