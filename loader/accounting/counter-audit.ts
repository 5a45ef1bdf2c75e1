// The counter audit between two snapshots: compares the programs' counters with counters outside of them. Pure.
import { type HookName, type VerdictName, VERDICT_NAMES, HOOK_NAMES } from '../abi/hook-name.ts';
import type { DeviceCounts, Snapshot } from './snapshot.ts';

/** Bounds of a counter that changed while it was read. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

/** One comparison of two counters. */
export interface AuditLine {
  readonly name: string;
  /** Counted by devices or by the kernel. */
  readonly outside: Range;
  /** Counted by the programs. */
  readonly inside: bigint;
  /** Distance of `inside` from the range; 0: the counters balance. */
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
    min: runs(to, 'before') - runs(from, 'after'),
    max: runs(to, 'after') - runs(from, 'before'),
  };
  const verdicts = new Map(
    VERDICT_NAMES.map(verdict => [verdict, packetsOf(from, to, name, verdict)] as const).filter(
      ([, packets]) => packets > 0n,
    ),
  );
  const sumOf = (kind: RegExp): bigint =>
    sum([...verdicts].filter(([verdict]) => kind.test(verdict)).map(([, packets]) => packets));
  const parts = {
    delivered: sumOf(/^(REDIRECT|ANSWER)_/),
    passed: sumOf(/^PASS_/),
    dropped: sumOf(/^DROP_/),
  };
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
  const past = { min: received.min - throughDevices.max, max: received.max - throughDevices.min };
  // bpf_redirect() to a pod's device, in place of bpf_redirect_peer(): pod_rx counts the packet a second time, as PASS_VALIDATED_EARLIER.
  const twice = packets(['pod_rx'], ['PASS_VALIDATED_EARLIER']);
  const redirected = packets(HOOK_NAMES, ['REDIRECT_POD']);
  const out = packets(HOOK_NAMES, ['REDIRECT_OVERLAY', 'REDIRECT_DIRECT']);
  // nftables counts what the host sends before uplink_tx, which may drop it.
  const refused = ended('uplink_tx', /^DROP_/);
  return [
    lineOf('sent by pods, evaluated by pod_tx', device('sentByPods'), ended('pod_tx', /./)),
    lineOf('redirected into pods, received there', { min: past.min, max: past.max + twice }, redirected),
    lineOf('passed to pods by pod_rx, sent by their devices', throughDevices, ended('pod_rx', /^PASS_/)),
    lineOf(
      'sent to other nodes, sent by the uplink past the host',
      pastHost(from, to, { out, refused }),
      out,
    ),
  ];
}

interface Leaving {
  /** Redirected out of the uplink. */
  readonly out: bigint;
  /** Dropped by uplink_tx. */
  readonly refused: bigint;
}

/** Most NICs count the segments of a GSO packet: their count is then an upper bound only. */
function pastHost(from: Snapshot, to: Snapshot, { out, refused }: Leaving): Range {
  const sent = rangeOf(from, to, ({ sentByUplink }) => sentByUplink);
  const byHost = rangeOf(from, to, ({ sentByHost }) => sentByHost);
  const [min, max] = [sent.min - byHost.max, sent.max - byHost.min];
  return { min: to.hasWholeUplink || min < out ? min : out, max: max + refused };
}

function rangeOf(from: Snapshot, to: Snapshot, count: (counts: DeviceCounts) => bigint): Range {
  return {
    min: count(to.devices.before) - count(from.devices.after),
    max: count(to.devices.after) - count(from.devices.before),
  };
}

function lineOf(name: string, outside: Range, inside: bigint): AuditLine {
  const difference =
    inside < outside.min ? inside - outside.min : inside > outside.max ? inside - outside.max : 0n;
  return { name, outside, inside, difference };
}

function packetsOf(from: Snapshot, to: Snapshot, hook: HookName, verdict: VerdictName): bigint {
  const at = (snapshot: Snapshot): bigint => snapshot.packets.get(hook)?.get(verdict) ?? 0n;
  return at(to) - at(from);
}

function sum(numbers: readonly bigint[]): bigint {
  return numbers.reduce((total, each) => total + each, 0n);
}
