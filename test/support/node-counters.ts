// A node's hd_metrics between two moments: what its hooks decided meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { BpfMap } from 'libbpf-ts';
import type { NodePlan } from '../../lab/plan.ts';
import { isDrop, isLinkChatter } from '../../loader/abi/drop-verdicts.ts';
import type { HookName, VerdictName } from '../../loader/abi/hook-name.ts';
import { typedMap } from '../../loader/abi/map-set.ts';
import { mapPin } from '../../loader/programs/pin.ts';
import { readMetrics } from '../../loader/tables/metrics.ts';

interface Test {
  teardown(clean: () => void): void;
}

/** `pod_tx DROP_SOURCE_MAC`. */
export type Counter = `${HookName} ${VerdictName}`;

export interface NodeCounters {
  /** What rose since the last call, and by how many packets. */
  take(): ReadonlyMap<Counter, number>;
  /** Like `take`, of drops alone, as `hook verdict × packets`: waits until there are some, and then for more. */
  takeDrops(): Promise<readonly string[]>;
}

const PATIENCE_MS = 30_000;
const SETTLE_MS = 40;
const POLL_MS = 10;

export function nodeCounters(t: Test, node: NodePlan): NodeCounters {
  const map = typedMap('hd_metrics', BpfMap.openPinned(mapPin(node.pinRoot, 'hd_metrics')));
  t.teardown(() => map[Symbol.dispose]());
  const read = (): Map<Counter, number> =>
    new Map(readMetrics(map).map(row => [`${row.hook} ${row.verdict}` as const, Number(row.packets)]));
  let before = read();
  const take = (): Map<Counter, number> => {
    const after = read();
    const risen = [...after].map(([counter, now]) => [counter, now - (before.get(counter) ?? 0)] as const);
    before = after;
    return new Map(risen.filter(([, packets]) => packets > 0));
  };
  return { take, takeDrops: () => dropsTaken(take) };
}

async function dropsTaken(take: () => ReadonlyMap<Counter, number>): Promise<readonly string[]> {
  const drops = new Map<Counter, number>();
  const collect = (): void => {
    for (const [counter, packets] of take()) {
      const [hook = '', verdict = ''] = counter.split(' ');
      if (!isDrop(verdict) || isLinkChatter({ hook, verdict })) continue;
      drops.set(counter, (drops.get(counter) ?? 0) + packets);
    }
  };
  const deadline = Date.now() + PATIENCE_MS;
  while (drops.size === 0 && Date.now() < deadline) {
    await sleep(POLL_MS);
    collect();
  }
  await sleep(SETTLE_MS); // whatever else the same packet is counted as
  collect();
  return [...drops].map(([counter, packets]) => `${counter} × ${packets}`).sort();
}
