// Counters of a node's programs, from heddlectl.
import type { Lab } from '../../lab/lab.ts';
import { heddlectlJson } from './heddlectl.ts';

interface Counter {
  readonly hook: string;
  readonly verdict: string;
  readonly packets: number;
}

/** Packets so far, by 'hook VERDICT'; those that are not there are none. */
export async function countersOf(lab: Lab, node: string): Promise<ReadonlyMap<string, number>> {
  const rows = await heddlectlJson('--lab', lab.options.name, '--node', node, 'stats');
  return new Map((rows as Counter[]).map(({ hook, verdict, packets }) => [`${hook} ${verdict}`, packets]));
}

/** How many packets of that hook and verdict a node counts while something is done. */
export async function countedDuring(
  lab: Lab,
  node: string,
  counter: `${string} ${string}`,
  action: () => Promise<unknown>,
): Promise<number> {
  const before = (await countersOf(lab, node)).get(counter) ?? 0;
  await action();
  return ((await countersOf(lab, node)).get(counter) ?? 0) - before;
}
