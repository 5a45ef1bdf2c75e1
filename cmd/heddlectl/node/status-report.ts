// What `heddlectl status` knows: the daemon's report, and the pinned objects, which are read without it.
import { MAPS, type MapName } from '../../../loader/abi/abi.gen.ts';
import { MAP_NAMES, type MapSet } from '../../../loader/abi/map-set.ts';
import { askStatus, isListening, type DaemonStatus } from '../../../loader/api/status-client.ts';
import { sourceText } from '../../../loader/config/source-kinds.ts';
import { HeddleError } from '../../../loader/errors.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { hasPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { listPinnedPrograms } from '../../../loader/programs/pinned-programs.ts';
import { mapUsage, type MapUsage } from '../../../loader/tables/map-usage.ts';
import { withMaps } from '../tables/pinned.ts';
import type { Target } from '../invocation/target.ts';

/**
 * `ready`: a pod added now would work. `degraded`: it would, and there are problems. `stopped`: no daemon answers; traffic
 * goes on. `unknown`: only pins were named, and no daemon is asked.
 */
export type NodeCondition = 'ready' | 'degraded' | 'not-ready' | 'stopped' | 'unknown';

export interface Status {
  readonly condition: NodeCondition;
  readonly daemon: DaemonReport;
  /** Kind of the source; absent without a configuration. */
  readonly source?: string;
  readonly pinRoot: string;
  readonly programs: number;
  readonly links: { readonly attached: number; readonly detached: number };
  readonly maps: readonly ReportedMap[];
  /** Of maps that cannot be read, though others are pinned: one sentence each. */
  readonly pinProblems: readonly string[];
}

export type ReportedMap = Pick<MapUsage, 'name' | 'entries' | 'maxEntries' | 'formerly'>;

export type DaemonReport =
  | {
      readonly running: false;
      readonly socket: string | undefined;
      /** A process has the socket and does not answer: stopped, in an endless loop, or very busy. */
      readonly hangs?: true;
    }
  | ({ readonly running: true; readonly socket: string } & Pick<DaemonStatus, Reported> & {
        readonly unconfirmed?: UnconfirmedReport;
        readonly reconcilers: readonly ReconcilerReport[];
        readonly watches: readonly WatchReport[];
        readonly unmet: readonly UnmetReport[];
      });

/** Policies of `apply --confirm` that wait. */
export interface UnconfirmedReport {
  readonly policies: number;
  readonly rollbackInSeconds: number;
}

/** A condition of readiness that does not hold. */
export interface UnmetReport {
  readonly name: string;
  readonly reason: string;
  readonly cure?: string;
  readonly limitsRunningPods: boolean;
}

export interface WatchReport {
  readonly name: string;
  readonly confirmedAgeSeconds?: number;
  readonly silent: boolean;
}

export interface ReconcilerReport {
  readonly name: string;
  readonly state: string;
  readonly waitsFor?: string;
  readonly problems: readonly string[];
  readonly failures: number;
  readonly lastSuccessAgeSeconds?: number;
}

type Reported =
  | 'version'
  | 'node'
  | 'uptimeSeconds'
  | 'ready'
  | 'problems'
  | 'uplink'
  | 'xdp'
  | 'changesApplied'
  | 'localPods'
  | 'rebuiltPods'
  | 'remotePods'
  | 'nodes'
  | 'policies'
  | 'appliedPolicies';

/** One that takes in ten thousand pods answers later than usual, and is not away. */
const ANSWER_MS = 5_000;

export async function readStatus(target: Target): Promise<Status> {
  const links = listPinnedLinks(target.pinRoot);
  const detached = links.filter(({ ifindex, programId }) => ifindex === 0 || programId === 0).length;
  const daemon = await readDaemon(target.config?.socket);
  return {
    condition: conditionOf(daemon),
    daemon,
    ...(target.config !== undefined && { source: sourceText(target.config.source) }),
    pinRoot: target.pinRoot,
    programs: listPinnedPrograms(target.pinRoot).length,
    links: { attached: links.length - detached, detached },
    ...(await readMaps(target)),
  };
}

export function conditionOf(daemon: DaemonReport): NodeCondition {
  if (!daemon.running) return daemon.socket === undefined ? 'unknown' : 'stopped';
  if (!daemon.ready) return 'not-ready';
  return daemon.problems.length === 0 ? 'ready' : 'degraded';
}

async function readDaemon(socket: string | undefined): Promise<DaemonReport> {
  if (socket === undefined) return { running: false, socket };
  const status = await askStatus(socket, ANSWER_MS);
  if (status !== undefined) return daemonReport(socket, status);
  return { running: false, socket, ...((await isListening(socket)) && { hangs: true }) };
}

/** Default values are not own properties of a message. */
export function daemonReport(socket: string, status: DaemonStatus): DaemonReport {
  const { version, node, uptimeSeconds, ready, problems, uplink, xdp, changesApplied } = status;
  const { localPods, rebuiltPods, remotePods, nodes, policies, appliedPolicies, unconfirmed } = status;
  return {
    ...{ running: true, socket, version, node, uptimeSeconds, ready, problems, uplink, xdp, changesApplied },
    ...{ localPods, rebuiltPods, remotePods, nodes, policies, appliedPolicies },
    ...(unconfirmed && {
      unconfirmed: {
        policies: unconfirmed.policies ?? 0,
        rollbackInSeconds: unconfirmed.rollbackInSeconds ?? 0,
      },
    }),
    reconcilers: status.reconcilers.map(reconcilerReport),
    watches: status.watches.map(watchReport),
    unmet: status.unmet.map(unmetReport),
  };
}

function reconcilerReport(message: DaemonStatus['reconcilers'][number]): ReconcilerReport {
  const { name, state, waitsFor, problems, failures, lastSuccessAgeSeconds } = message;
  return {
    ...{ name: name ?? '', state: state ?? '', problems: problems ?? [], failures: failures ?? 0 },
    ...((waitsFor ?? '') !== '' && { waitsFor: waitsFor ?? '' }),
    ...(typeof lastSuccessAgeSeconds === 'number' && { lastSuccessAgeSeconds }),
  };
}

function unmetReport(message: DaemonStatus['unmet'][number]): UnmetReport {
  const { name, reason, cure, limitsRunningPods } = message;
  return {
    ...{ name: name ?? '', reason: reason ?? '', limitsRunningPods: limitsRunningPods ?? false },
    ...((cure ?? '') !== '' && { cure: cure ?? '' }),
  };
}

function watchReport({ name, confirmedAgeSeconds, silent }: DaemonStatus['watches'][number]): WatchReport {
  return {
    ...{ name: name ?? '', silent: silent ?? false },
    ...(typeof confirmedAgeSeconds === 'number' && { confirmedAgeSeconds }),
  };
}

/** Not arrays, which are always full, and ring buffers, which have no entries. */
async function readMaps(target: Target): Promise<Pick<Status, 'maps' | 'pinProblems'>> {
  if (!hasPinnedMaps(target.pinRoot)) return { maps: [], pinProblems: [] };
  const names = MAP_NAMES.filter(name => !/ARRAY$|^RINGBUF$/.test(MAPS[name].typeName));
  const read = await withMaps(target, maps => names.map(name => readMap(maps, name)));
  return {
    maps: read.filter(one => typeof one !== 'string'),
    pinProblems: read.filter(one => typeof one === 'string'),
  };
}

function readMap(maps: MapSet, name: MapName): ReportedMap | string {
  try {
    const { entries, maxEntries, formerly } = mapUsage(maps, name);
    return {
      ...{ name, maxEntries },
      ...(entries !== undefined && { entries }),
      ...(formerly !== undefined && { formerly }),
    };
  } catch (error) {
    if (error instanceof HeddleError) return error.message;
    throw error;
  }
}
