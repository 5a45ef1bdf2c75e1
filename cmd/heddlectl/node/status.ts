// heddlectl status: the daemon and its pinned objects; works without a daemon.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { colour } from '../output/colour.ts';
import { MAP_NAMES } from '../../../loader/abi/map-set.ts';
import { sourceText } from '../../../loader/config/source-kinds.ts';
import { askStatus, type DaemonStatus } from '../../../loader/api/status-client.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { listPinnedPrograms } from '../../../loader/programs/pinned-programs.ts';
import { HeddleError } from '../../../loader/errors.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { mapUsage, type MapUsage } from '../../../loader/tables/map-usage.ts';
import { printObject } from '../output/output.ts';
import { withMaps } from '../tables/pinned.ts';
import type { Target } from '../invocation/target.ts';

interface Status {
  readonly daemon: DaemonReport;
  /** Kind of the source; absent without a configuration. */
  readonly source?: string;
  readonly pinRoot: string;
  readonly programs: number;
  readonly links: { readonly attached: number; readonly detached: number };
  readonly maps: readonly Pick<MapUsage, 'name' | 'entries' | 'maxEntries' | 'formerly'>[];
}

type DaemonReport =
  | { readonly running: false; readonly socket: string | undefined }
  | ({ readonly running: true; readonly socket: string } & Pick<DaemonStatus, Reported> & {
        readonly reconcilers: readonly ReconcilerReport[];
        readonly watches: readonly WatchReport[];
        readonly unmet: readonly UnmetReport[];
      });

/** A condition of readiness that does not hold. */
interface UnmetReport {
  readonly name: string;
  readonly reason: string;
  readonly cure?: string;
  readonly limitsRunningPods: boolean;
}

interface WatchReport {
  readonly name: string;
  readonly confirmedAgeSeconds?: number;
  readonly silent: boolean;
}

interface ReconcilerReport {
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
  | 'nodes';

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('show the daemon, programs, links and maps of this node')
    .action(async (_flags: unknown, command: Command) => {
      const status = await readStatus(targetOf(command));
      printObject(formatOf(command), status, () => describe(status));
    });
}

async function readStatus(target: Target): Promise<Status> {
  const links = listPinnedLinks(target.pinRoot);
  const detached = links.filter(({ ifindex, programId }) => ifindex === 0 || programId === 0).length;
  return {
    daemon: await readDaemon(target.config?.socket),
    ...(target.config !== undefined && { source: sourceText(target.config.source) }),
    pinRoot: target.pinRoot,
    programs: listPinnedPrograms(target.pinRoot).length,
    links: { attached: links.length - detached, detached },
    maps: await readMaps(target),
  };
}

async function readDaemon(socket: string | undefined): Promise<DaemonReport> {
  const status = socket !== undefined && existsSync(socket) ? await askStatus(socket) : undefined;
  if (socket === undefined || status === undefined) return { running: false, socket };
  const { version, node, uptimeSeconds, ready, problems, uplink, xdp } = status; // default values are not own properties of a message
  const { changesApplied, localPods, rebuiltPods, remotePods, nodes, reconcilers, watches, unmet } = status;
  return {
    ...{ running: true, socket, version, node, uptimeSeconds, ready, problems, uplink, xdp },
    ...{
      changesApplied,
      localPods,
      rebuiltPods,
      remotePods,
      nodes,
      reconcilers: reconcilers.map(reconcilerReport),
    },
    watches: watches.map(watchReport),
    unmet: unmet.map(unmetReport),
  };
}

/** Default values are not own properties of a message. */
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

async function readMaps(target: Target): Promise<Status['maps']> {
  try {
    return await withMaps(target, maps =>
      MAP_NAMES.map(name => {
        const { entries, maxEntries, formerly } = mapUsage(maps, name);
        return {
          ...{ name, maxEntries },
          ...(entries !== undefined && { entries }),
          ...(formerly !== undefined && { formerly }),
        };
      }),
    );
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'NOT_READY') return []; // nothing was ever pinned
    throw error;
  }
}

function describe({ daemon, source, pinRoot, programs, links, maps }: Status): string[] {
  const detached = links.detached === 0 ? '' : `, ${colour.red(`${links.detached} detached`)}`;
  const nothing = programs === 0 && maps.length === 0;
  return [
    ...describeDaemon(daemon),
    ...(source === undefined ? [] : [line('source', source)]),
    line('pins', nothing ? `none under ${pinRoot}` : pinRoot),
    ...(nothing ? [] : [line('programs', String(programs)), line('links', `${links.attached}${detached}`)]),
    ...maps.flatMap(({ name, entries, maxEntries }) =>
      entries === undefined ? [] : [line(name, `${entries} of ${maxEntries}`)],
    ),
  ];
}

function describeDaemon(daemon: DaemonReport): string[] {
  if (!daemon.running) {
    const where = daemon.socket === undefined ? '' : ` on ${daemon.socket}; traffic goes on without it`;
    return [line('daemon', `${colour.yellow('not running')}${where}`)];
  }
  const { version, uptimeSeconds, localPods, rebuiltPods, remotePods } = daemon;
  const rebuilt = rebuiltPods === 0 ? '' : ` (${rebuiltPods} rebuilt from devices)`;
  const reasons = daemon.unmet.map(({ reason, cure }) =>
    cure === undefined ? reason : `${reason}: ${cure}`,
  );
  const problems = daemon.problems.filter(problem => !reasons.includes(problem));
  const state = daemon.ready ? colour.green('ready') : colour.yellow('not ready');
  return [
    line('daemon', `${state}, version ${version}, up for ${uptimeSeconds} s`),
    ...reasons.map(reason => line('  because', colour.red(reason))),
    ...problems.map(problem => line('problem', colour.red(problem))),
    line('node', `${daemon.node}, one of ${daemon.nodes}`),
    line('uplink', `${daemon.uplink}, XDP ${daemon.xdp}`),
    line('pods', `${localPods} here${rebuilt}, ${remotePods} elsewhere`),
    line('changes', `${daemon.changesApplied} since it started`),
    ...describeWatches(daemon.watches),
    ...describeReconcilers(daemon.reconcilers),
  ];
}

/** The age of the news, and which watches are silent. */
function describeWatches(watches: readonly WatchReport[]): string[] {
  if (watches.length === 0) return [];
  const ages = watches.flatMap(({ confirmedAgeSeconds: age }) => (age === undefined ? [] : [age]));
  const isComplete = ages.length === watches.length;
  const silent = watches.filter(one => one.silent);
  return [
    line('news', isComplete ? `as of ${seconds(Math.max(...ages))} ago` : colour.yellow('not complete yet')),
    ...silent.map(({ name, confirmedAgeSeconds: age = 0 }) =>
      line(`  ${name}`, colour.red(`silent, as of ${seconds(age)} ago`)),
    ),
  ];
}

function seconds(count: number): string {
  return `${Math.round(count)} s`;
}

/** Reconcilers that are ok are only counted; all problems are listed as the node's. */
function describeReconcilers(reconcilers: readonly ReconcilerReport[]): string[] {
  const failing = reconcilers.filter(({ state }) => state !== 'ok');
  return [
    line('reconcilers', `${reconcilers.length - failing.length} of ${reconcilers.length} ok`),
    ...failing.map(one => line(`  ${one.name}`, colour.yellow(problemText(one)))),
  ];
}

function problemText({ state, waitsFor, failures, lastSuccessAgeSeconds }: ReconcilerReport): string {
  const what = state === 'waiting' ? `waits for ${waitsFor ?? ''}` : state;
  const failed = failures === 0 ? '' : `, ${failures} failed runs`;
  const age =
    lastSuccessAgeSeconds === undefined
      ? ', has not succeeded yet'
      : `, last success ${Math.round(lastSuccessAgeSeconds)} s ago`;
  return `${what}${failed}${age}`;
}

/** The longest: a reconciler's name, indented. */
const TITLE_WIDTH = '  overlay-device'.length;

function line(title: string, text: string): string {
  return `${colour.bold(title.padEnd(TITLE_WIDTH))} ${text}`;
}
