// The status of a node as people read it: one word, then what they look for next.
import { canFill, WARN_FROM } from '../../../loader/doctor/map-pressure.ts';
import { colour } from '../output/colour.ts';
import type {
  DaemonReport,
  NodeCondition,
  ReconcilerReport,
  ReportedMap,
  Status,
  WatchReport,
} from './status-report.ts';

type RunningDaemon = Extract<DaemonReport, { readonly running: true }>;

const TINTS: Readonly<Record<NodeCondition, (text: string) => string>> = {
  ready: colour.green,
  degraded: colour.yellow,
  'not-ready': colour.red,
  stopped: colour.red,
  unknown: colour.yellow,
};

/** The first line is the condition, and nothing else. */
export function describeStatus(status: Status): string[] {
  const { condition, daemon, source, pinRoot, programs, links, maps, pinProblems } = status;
  const detached = links.detached === 0 ? '' : `, ${colour.red(`${links.detached} detached`)}`;
  const nothing = programs === 0 && maps.length === 0;
  return [
    TINTS[condition](condition),
    ...describeDaemon(daemon),
    ...describeSource(source, daemon.running ? daemon.watches : []),
    ...(daemon.running ? describeWork(daemon) : []),
    line('pins', nothing ? `none under ${pinRoot}` : pinRoot),
    ...(nothing ? [] : [line('programs', String(programs)), line('links', `${links.attached}${detached}`)]),
    ...pinProblems.map(problem => line('problem', colour.red(problem))),
    ...maps.flatMap(describeFullMap),
  ];
}

/** One line for a table of many nodes; the fields are separated by tabs, and empty ones are '-'. */
export function statusRow({ condition, daemon }: Status): string {
  if (!daemon.running) {
    const problem =
      daemon.hangs === true ? 'heddled hangs, is stopped or very busy' : 'heddled does not answer';
    return [condition, '-', '-', '-', '-', problem].join('\t');
  }
  const { version, localPods, policies, watches, problems } = daemon;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const [problem = '-'] = problems;
  const row = [condition, version, localPods, policies, ageOf(watches) ?? '-', `${problem}${more}`];
  return row.map(field => String(field).replaceAll(/\s+/g, ' ')).join('\t');
}

function describeDaemon(daemon: DaemonReport): string[] {
  if (!daemon.running) {
    const where = daemon.socket === undefined ? '' : ` on ${daemon.socket}; traffic goes on without it`;
    const state =
      daemon.hangs === true ? 'hangs, is stopped or very busy: it does not answer' : 'not running';
    return [line('daemon', `${colour.yellow(state)}${where}`)];
  }
  const reasons = daemon.unmet.map(({ reason, cure }) =>
    cure === undefined ? reason : `${reason}: ${cure}`,
  );
  const problems = daemon.problems.filter(problem => !reasons.includes(problem));
  const state = daemon.ready ? colour.green('ready') : colour.yellow('not ready');
  return [
    line('daemon', `${state}, version ${daemon.version}, up for ${daemon.uptimeSeconds} s`),
    ...reasons.map(reason => line('  because', colour.red(reason))),
    ...problems.map(problem => line('problem', colour.red(problem))),
    ...describeUnconfirmed(daemon),
    ...describeNode(daemon),
  ];
}

function describeUnconfirmed({ unconfirmed }: RunningDaemon): string[] {
  if (unconfirmed === undefined) return [];
  const { policies, rollbackInSeconds } = unconfirmed;
  const what = policies === 1 ? 'one policy is' : `${policies} policies are`;
  const text = `${what} rolled back in ${seconds(rollbackInSeconds)}, unless: heddlectl confirm`;
  return [line('unconfirmed', colour.yellow(text))];
}

function describeNode(daemon: RunningDaemon): string[] {
  const { localPods, rebuiltPods, remotePods, policies, appliedPolicies } = daemon;
  const rebuilt = rebuiltPods === 0 ? '' : ` (${rebuiltPods} rebuilt from devices)`;
  const byHand = appliedPolicies === 0 ? '' : `, ${appliedPolicies} of them given by hand`;
  return [
    line('node', `${daemon.node}, one of ${daemon.nodes}`),
    line(
      'uplink',
      daemon.uplink === '' ? colour.yellow('not known yet') : `${daemon.uplink}, XDP ${daemon.xdp}`,
    ),
    line('pods', `${localPods} here${rebuilt}, ${remotePods} elsewhere`),
    line('policies', `${policies}${byHand}`),
  ];
}

/** The source with the age of its oldest news, and which of its watches are silent. */
function describeSource(source: string | undefined, watches: readonly WatchReport[]): string[] {
  const age = ageOf(watches);
  const news =
    watches.length === 0
      ? ''
      : `, ${age === undefined ? colour.yellow('not complete yet') : `as of ${age} ago`}`;
  const silent = watches.filter(one => one.silent);
  return [
    ...(source === undefined ? [] : [line('source', `${source}${news}`)]),
    ...silent.map(({ name, confirmedAgeSeconds = 0 }) =>
      line(`  ${name}`, colour.red(`silent, as of ${seconds(confirmedAgeSeconds)} ago`)),
    ),
  ];
}

/** Of the oldest; undefined: a watch has not proven anything yet, or there is none. */
function ageOf(watches: readonly WatchReport[]): string | undefined {
  const ages = watches.flatMap(({ confirmedAgeSeconds: age }) => (age === undefined ? [] : [age]));
  return ages.length === 0 || ages.length < watches.length ? undefined : seconds(Math.max(...ages));
}

/** Reconcilers that are ok are only counted; all problems are listed as the node's. */
function describeWork({ changesApplied, reconcilers }: RunningDaemon): string[] {
  const failing = reconcilers.filter(({ state }) => state !== 'ok');
  return [
    line('changes', `${changesApplied} since it started`),
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
      : `, last success ${seconds(lastSuccessAgeSeconds)} ago`;
  return `${what}${failed}${age}`;
}

/** Of those that can fill up, the ones that `heddlectl doctor` warns of. */
function describeFullMap({ name, entries = 0, maxEntries }: ReportedMap): string[] {
  const share = entries / maxEntries;
  if (!canFill(name) || share < WARN_FROM) return [];
  const text = `${entries} of ${maxEntries}, ${Math.floor(share * 100)} %`;
  return [line(name, share < 1 ? colour.yellow(text) : colour.red(text))];
}

function seconds(count: number): string {
  return `${Math.round(count)} s`;
}

/** The longest: a reconciler's name, indented. */
const TITLE_WIDTH = '  overlay-device'.length;

/** A problem of several lines makes none that looks like another. */
function line(title: string, text: string): string {
  return `${colour.bold(title.padEnd(TITLE_WIDTH))} ${text.replaceAll(/\s*\n\s*/g, ' ')}`;
}
