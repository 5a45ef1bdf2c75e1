// hd_metrics between two moments: which verdict was counted, how often, with how many bytes.
import type { BpfMap } from 'libbpf-ts';
import type { Enumerators } from './enumerators.ts';

interface Metrics {
  readonly packets: bigint;
  readonly bytes: bigint;
}

export interface Counted {
  readonly hook: string;
  readonly verdict: string;
  readonly packets: number;
  readonly bytes: number;
}

/** An array over all possible CPUs. */
export type MetricsMap = BpfMap<{ index: number }, readonly Metrics[]>;

/** By index, summed over CPUs. */
export type Snapshot = readonly Metrics[];

export function snapshot(map: MetricsMap): Snapshot {
  return [...map.entries()].sort(([a], [b]) => a.index - b.index).map(([, perCpu]) => sum(perCpu));
}

/** Every counter that rose, as `enum hook` and `enum verdict` name it. */
export function risen(before: Snapshot, after: Snapshot, names: Enumerators): readonly Counted[] {
  const verdicts = names.namesOf('verdict');
  const hooks = names.namesOf('hook');
  const perHook = names.valueOf('VERDICT_MAX');
  return after.flatMap((now, index) => {
    const then = before[index] ?? { packets: 0n, bytes: 0n };
    if (now.packets === then.packets && now.bytes === then.bytes) return [];
    return {
      hook: hooks[Math.floor(index / perHook)] ?? `hook ${index}`,
      verdict: verdicts[index % perHook] ?? `index ${index}`,
      packets: Number(now.packets - then.packets),
      bytes: Number(now.bytes - then.bytes),
    };
  });
}

function sum(perCpu: readonly Metrics[]): Metrics {
  return perCpu.reduce((total, one) => ({
    packets: total.packets + one.packets,
    bytes: total.bytes + one.bytes,
  }));
}
