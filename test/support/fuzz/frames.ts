// Broken frames through one hook: whatever it answers, some things must never happen.
import { BpfError } from 'libbpf-ts';
import { ETHERNET_BYTES } from '../packet/ethernet.ts';
import type { Random } from '../policy/random/random.ts';
import { actionOf } from '../bpf/action.ts';
import { openBench, type Bench, type Outcome } from '../bpf/bench.ts';
import { CLUSTER } from '../bpf/cluster-given.ts';
import { givenWith } from '../bpf/given.ts';
import type { Context, Row, Table } from '../bpf/table.ts';
import { mutated } from './mutate.ts';
import { isNetfilterHook } from '../../../loader/programs/hook.ts';

export interface FrameReport {
  inputs: number;
  /** By verdict. */
  readonly verdicts: Map<string, number>;
  /** The first ones, in words, with the frame. */
  readonly faults: string[];
}

/** Of IPv4, the shortest of what may be forwarded. */
const MIN_FORWARDED_BYTES = ETHERNET_BYTES + 20;
/** Linux's test runs take no less. */
const MIN_ACCEPTED_BYTES = { forward: ETHERNET_BYTES + 20, others: ETHERNET_BYTES } as const;
const MAX_FAULTS = 10;
/** Rows of these come of packets. */
const STATE_MAPS = ['hd_ct', 'hd_ct_unassured', 'hd_fragment'] as const;

/** Policy has admitted the packet, and its flow with it, before the kernel refuses to change its headers. */
const ADMITTED = new Set(['DROP_DECAP', 'DROP_ENCAP']);

export function emptyReport(): FrameReport {
  return { inputs: 0, verdicts: new Map(), faults: [] };
}

/** `perRow` frames made of each row's. Needs the devices of `createDevices`. */
export function fuzzTable(table: Table, random: Random, perRow: number, report: FrameReport): void {
  using bench = openBench(table.hook, table.constants, table.tiny);
  for (const row of table.rows) {
    bench.fill(givenWith(CLUSTER, row.given ?? {}));
    const context = { ...table.context, ...row.context };
    for (const packet of row.before ?? []) bench.run(packet.bytes(), context);
    fuzzRow({ table, row, bench, context, random, report }, perRow);
  }
}

interface Run {
  readonly table: Table;
  readonly row: Row;
  readonly bench: Bench;
  readonly context: Context;
  readonly random: Random;
  readonly report: FrameReport;
}

function fuzzRow(run: Run, times: number): void {
  const { table, row, bench, context, random, report } = run;
  const original = row.sent.bytes();
  const shortest = isNetfilterHook(table.hook) ? MIN_ACCEPTED_BYTES.forward : MIN_ACCEPTED_BYTES.others;
  let state = stateOf(bench);
  for (let i = 0; i < times; i++) {
    const frame = mutated(random, original);
    if (frame.length < shortest) continue;
    const outcome = runTaken(bench, frame, context);
    if (outcome === undefined) continue;
    const after = stateOf(bench);
    report.inputs++;
    for (const { verdict } of outcome.counted)
      report.verdicts.set(verdict, (report.verdicts.get(verdict) ?? 0) + 1);
    for (const fault of faultsOf(table, { frame, outcome, isChanged: after !== state })) {
      if (report.faults.length < MAX_FAULTS)
        report.faults.push(`${table.hook}, from '${row.name}': ${fault}: ${frame.toString('hex')}`);
    }
    state = after;
  }
}

/** undefined: Linux's own test run does not take it (no room for what its header says, or not of netfilter's kind). */
function runTaken(bench: Bench, frame: Buffer, context: Context): Outcome | undefined {
  try {
    return bench.run(frame, context);
  } catch (error) {
    if (error instanceof BpfError && ['EINVAL', 'EPROTO'].includes(error.code)) return undefined;
    throw error;
  }
}

interface Trial {
  readonly frame: Buffer;
  readonly outcome: Outcome;
  /** Rows of state have come or gone. */
  readonly isChanged: boolean;
}

function faultsOf({ hook }: Table, { frame, outcome, isChanged }: Trial): string[] {
  const { action, counted, packet } = outcome;
  const [only] = counted;
  const name = `HOOK_${hook.toUpperCase()}`;
  const isCountedOnce = counted.length === 1 && only?.hook === name && only.packets === 1;
  const isDropped = action === 'drop';
  return [
    ...(isCountedOnce ? [] : [`it is counted as ${JSON.stringify(counted)}`]),
    ...(typeof action === 'number' ? [`the kernel is answered ${action}`] : []),
    ...(only !== undefined && (actionOf(only.verdict) === 'drop') !== isDropped
      ? [`${only.verdict} is answered with ${action}`]
      : []),
    ...(isDropped && isChanged && !ADMITTED.has(only?.verdict ?? '')
      ? [`${only?.verdict ?? 'a drop'} has changed what is tracked`]
      : []),
    ...(isDropped && !isNetfilterHook(hook) && !packet.equals(frame)
      ? [`${only?.verdict ?? 'a drop'} has changed the packet to ${packet.toString('hex')}`]
      : []),
    ...(action === 'redirect' && frame.length < MIN_FORWARDED_BYTES
      ? ['it is forwarded, and too short']
      : []),
  ];
}

/** Equal when the same flows and fragments are tracked. */
function stateOf({ maps }: Bench): string {
  return STATE_MAPS.map(name => {
    const keys = [...(maps.get(name)?.keys() ?? [])].map(key => JSON.stringify(key, text));
    return keys.sort().join();
  }).join('|');
}

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
