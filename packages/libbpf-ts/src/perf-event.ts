// Perf events that a program can be run at: software and hardware counters (linux/perf_event.h).
import { BpfError } from './errors.ts';
import { kernelStruct } from './kernel-struct.ts';

/** PERF_TYPE_* and PERF_COUNT_*, by the names that perf(1) has for them. */
const EVENTS = {
  'cpu-cycles': [0, 0],
  instructions: [0, 1],
  'cache-references': [0, 2],
  'cache-misses': [0, 3],
  'branch-instructions': [0, 4],
  'branch-misses': [0, 5],
  'cpu-clock': [1, 0],
  'task-clock': [1, 1],
  'page-faults': [1, 2],
  'context-switches': [1, 3],
  'cpu-migrations': [1, 4],
  'minor-faults': [1, 5],
  'major-faults': [1, 6],
} as const satisfies Record<string, readonly [type: number, config: number]>;

export type PerfEventName = keyof typeof EVENTS;

export interface PerfEvent {
  readonly event: PerfEventName;
  /** Runs of the program a second, each on each CPU; exactly one of this and `period`. */
  readonly frequency?: number;
  /** Events between two runs. */
  readonly period?: number;
}

/** struct perf_event_attr up to its first published size (PERF_ATTR_SIZE_VER0). */
const attrStruct = kernelStruct({
  type: 'u32',
  size: 'u32',
  config: 'u64',
  samplePeriodOrFrequency: 'u64',
  sampleType: 'u64',
  readFormat: 'u64',
  flags: 'u64',
  wakeupEvents: 'u32',
  breakpointType: 'u32',
  config1: 'u64',
});

/** The bit `freq` of the flags: the number is a frequency. */
const IS_FREQUENCY = 1n << 10n;

export function perfEventAttr({ event, frequency, period }: PerfEvent): Uint8Array {
  const every = frequency ?? period;
  if (every === undefined || (frequency !== undefined && period !== undefined)) {
    throw new BpfError('EINVAL', 'attach perf event', event, { text: 'give one of frequency and period' });
  }
  const [type, config] = EVENTS[event];
  const attr = {
    type,
    size: attrStruct.size,
    config: BigInt(config),
    samplePeriodOrFrequency: BigInt(every),
  };
  return attrStruct.encode({ ...attr, flags: frequency === undefined ? 0n : IS_FREQUENCY }).bytes;
}
