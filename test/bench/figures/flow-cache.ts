// flow_cache_pod_tx, flow_cache_uplink_rx: a settled flow's packet by the long way against the flow cache.
import { FAMILIES, type View } from '../../support/bpf/cluster.ts';
import { createDevices } from '../../support/bpf/devices.ts';
import type { HookName } from '../../support/bpf/table.ts';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { PROGRAM_CASES } from '../programs/cases.ts';
import { ProgramClock } from '../programs/program-clock.ts';
import { paired, pairOf } from '../results.ts';

const HOOKS = ['pod_tx', 'uplink_rx'] as const satisfies readonly HookName[];
type CachingHook = (typeof HOOKS)[number];

const AIMS: Readonly<Record<CachingHook, Readonly<Record<View['family'], number>>>> = {
  pod_tx: { ipv4: 2.2, ipv6: 2 },
  uplink_rx: { ipv4: 1.9, ipv6: 1.75 },
};

export const flowCache: Figure = {
  name: 'flow_cache',
  results: HOOKS.flatMap(hook => FAMILIES.map(view => nameOf(hook, view))),
  isAlone: true,
  measure,
};

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const [rounds, packets] = isQuick ? [5, 1_000] : [21, 5_000];
  createDevices();
  const results: Result[] = [];
  for (const hook of HOOKS)
    for (const view of FAMILIES) {
      signal.throwIfAborted();
      progress(`${hook}, ${view.family}, ${rounds} pairs`);
      results.push(measureHook(hook, view, rounds, packets));
      await Promise.resolve();
    }
  return results;
}

function measureHook(hook: CachingHook, view: View, rounds: number, packets: number): Result {
  const programCase = PROGRAM_CASES[hook](view);
  using long = new ProgramClock(programCase, { flow_cache: 0 });
  using cached = new ProgramClock(programCase);
  for (const clock of [long, cached]) clock.run(packets); // warms up
  const pairs = Array.from({ length: rounds }, () => pairOf(long.run(packets), cached.run(packets)));
  const note = `${view.family === 'ipv4' ? 'IPv4' : 'IPv6'}, without the cache : with it, ${programCase.what}`;
  const aim = { atLeast: AIMS[hook][view.family] };
  return paired({ name: nameOf(hook, view), unit: 'ns/packet', note, aim }, pairs);
}

function nameOf(hook: CachingHook, { family }: View): string {
  return `flow_cache_${hook}${family === 'ipv6' ? '_ipv6' : ''}`;
}
