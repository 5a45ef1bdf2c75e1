// Pure: the counter audit between two snapshots. What came in is counted outside of the programs, and must be what they count.
import { type HookName, type VerdictName, VERDICT_NAMES, HOOK_NAMES } from '../abi/hook-name.ts';
import type { DeviceCounts, Snapshot } from './snapshot.ts';

/** A number that was rising while it was read lies between two. */
export interface Range {
  readonly least: bigint;
  readonly most: bigint;
}

/** One line: what one side counted, and what the other. */
export interface AuditLine {
  readonly name: string;
  /** Counted outside of the programs, or by the receiver. */
  readonly outside: Range;
  /** Counted by the programs. */
  readonly inside: bigint;
  /** By how much `inside` lies beside the range: 0 when the line balances. */
  readonly difference: bigint;
}

export interface HookLine extends AuditLine {
  readonly name: HookName;
  readonly delivered: bigint;
  readonly passed: bigint;
  readonly dropped: bigint;
  readonly verdicts: Readonly<Partial<Record<VerdictName, bigint>>>;
}

export interface CounterAudit {
  readonly hooks: readonly HookLine[];
  readonly devices: readonly AuditLine[];
}

export function auditBetween(from: Snapshot, to: Snapshot): CounterAudit {
  return {
    hooks: HOOK_NAMES.flatMap(hook => hookLine(hook, from, to) ?? []),
    devices: deviceLines(from, to),
  };
}

function hookLine(name: HookName, from: Snapshot, to: Snapshot): HookLine | undefined {
  if (!to.runs.after.has(name)) return undefined;
  const runs = (snapshot: Snapshot, when: 'before' | 'after'): bigint => snapshot.runs[when].get(name) ?? 0n;
  const outside = {
    least: runs(to, 'before') - runs(from, 'after'),
    most: runs(to, 'after') - runs(from, 'before'),
  };
  const verdicts = new Map(
    VERDICT_NAMES.map(verdict => [verdict, packetsOf(from, to, name, verdict)] as const).filter(
      ([, packets]) => packets > 0n,
    ),
  );
  const sumOf = (kind: RegExp): bigint =>
    sum([...verdicts].filter(([verdict]) => kind.test(verdict)).map(([, packets]) => packets));
  const parts = { delivered: sumOf(/^(DELIVER|ANSWER)_/), passed: sumOf(/^PASS_/), dropped: sumOf(/^DROP_/) };
  const line = lineOf(name, outside, parts.delivered + parts.passed + parts.dropped);
  return { ...line, name, ...parts, verdicts: Object.fromEntries(verdicts) };
}

function deviceLines(from: Snapshot, to: Snapshot): AuditLine[] {
  const device = (field: keyof DeviceCounts): Range => rangeOf(from, to, counts => counts[field]);
  const packets = (hooks: readonly HookName[], verdicts: readonly VerdictName[]): bigint =>
    sum(hooks.flatMap(hook => verdicts.map(verdict => packetsOf(from, to, hook, verdict))));
  const ended = (hook: HookName, kind: RegExp): bigint =>
    packets(
      [hook],
      VERDICT_NAMES.filter(verdict => kind.test(verdict)),
    );
  const throughDevices = device('sentToPods');
  const received = device('receivedByPods');
  const past = { least: received.least - throughDevices.most, most: received.most - throughDevices.least };
  // Redirected to a pod's device instead of past it: such a packet is counted there once more, as checked.
  const twice = packets(['pod_rx'], ['PASS_CHECKED']);
  const redirected = packets(HOOK_NAMES, ['DELIVER_POD']);
  const out = packets(HOOK_NAMES, ['DELIVER_OVERLAY', 'DELIVER_DIRECT']);
  return [
    lineOf('sent by pods, judged by pod_tx', device('sentByPods'), ended('pod_tx', /./)),
    lineOf(
      'redirected into pods, received there',
      { least: past.least, most: past.most + twice },
      redirected,
    ),
    lineOf('passed to pods by pod_rx, sent by their devices', throughDevices, ended('pod_rx', /^PASS_/)),
    lineOf('sent to other nodes, sent by the uplink past the host', pastHost(from, to, out), out),
  ];
}

/** Most hardware counts a super-packet as all that it became: of ours it has sent as many then, or more. */
function pastHost(from: Snapshot, to: Snapshot, out: bigint): Range {
  const sent = rangeOf(from, to, ({ sentByUplink }) => sentByUplink);
  const byHost = rangeOf(from, to, ({ sentByHost }) => sentByHost);
  const [fewest, most] = [sent.least - byHost.most, sent.most - byHost.least];
  return { least: to.hasWholeUplink || fewest < out ? fewest : out, most };
}

function rangeOf(from: Snapshot, to: Snapshot, count: (counts: DeviceCounts) => bigint): Range {
  return {
    least: count(to.devices.before) - count(from.devices.after),
    most: count(to.devices.after) - count(from.devices.before),
  };
}

function lineOf(name: string, outside: Range, inside: bigint): AuditLine {
  const difference =
    inside < outside.least ? inside - outside.least : inside > outside.most ? inside - outside.most : 0n;
  return { name, outside, inside, difference };
}

function packetsOf(from: Snapshot, to: Snapshot, hook: HookName, verdict: VerdictName): bigint {
  const at = (snapshot: Snapshot): bigint => snapshot.packets.get(hook)?.get(verdict) ?? 0n;
  return at(to) - at(from);
}

function sum(numbers: readonly bigint[]): bigint {
  return numbers.reduce((total, each) => total + each, 0n);
}
