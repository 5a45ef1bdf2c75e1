// hd_metrics: packets and bytes by hook and verdict, summed over CPUs.
import { VERDICT_MAX, type Metrics } from '../abi/abi.gen.ts';
import { HOOK_NAMES, VERDICT_NAMES, type HookName, type VerdictName } from '../abi/hook-name.ts';
import type { MapSet } from '../abi/map-set.ts';

export interface MetricsRow {
  readonly hook: HookName;
  readonly verdict: VerdictName;
  readonly packets: bigint;
  /** Layer-2 lengths as the hook saw them. */
  readonly bytes: bigint;
}

/** Counters above zero, ordered by hook and verdict. */
export function readMetrics(map: MapSet['hd_metrics']): MetricsRow[] {
  return Array.from(map.entries()).flatMap(([index, cpus]) => {
    const hook = HOOK_NAMES[Math.floor(index / VERDICT_MAX)];
    const verdict = VERDICT_NAMES[index % VERDICT_MAX];
    const packets = sum(cpus, 'packets');
    if (hook === undefined || verdict === undefined || packets === 0n) return [];
    return [{ hook, verdict, packets, bytes: sum(cpus, 'bytes') }];
  });
}

function sum(cpus: readonly Metrics[], field: keyof Metrics): bigint {
  return cpus.reduce((total, cpu) => total + cpu[field], 0n);
}
