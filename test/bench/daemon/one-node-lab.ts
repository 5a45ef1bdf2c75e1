// A lab of one node, for figures about its daemon: large maps, and a log with times.
import { labDown } from '../../../lab/down.ts';
import type { Lab } from '../../../lab/lab.ts';
import { DEFAULT_OPTIONS, type NodePlan } from '../../../lab/plan.ts';
import { labUp } from '../../../lab/up.ts';

export interface OneNodeLab extends Lab, AsyncDisposable {
  readonly node: NodePlan;
}

export interface OneNodeLabOptions {
  readonly name: string;
  readonly podsPerNode: number;
  /** Entries of the daemon's maps. */
  readonly maps: { readonly endpoints: number; readonly routes: number };
  readonly signal: AbortSignal;
}

/** In the place of one of that name that was left. */
export async function openOneNodeLab(options: OneNodeLabOptions): Promise<OneNodeLab> {
  const { name, podsPerNode, maps, signal } = options;
  await labDown(name);
  const families = { families: 'ipv4', underlayFamilies: 'ipv4' } as const;
  const config = { maps: { ...maps, conntrack: 16_384 }, log: { level: 'debug', format: 'json' } };
  const lab = await labUp(
    { ...DEFAULT_OPTIONS, ...families, name, nodes: 1, podsPerNode, config },
    { signal },
  );
  const [node] = lab.nodes;
  if (node === undefined) throw new RangeError('the lab has no node');
  return { ...lab, node, [Symbol.asyncDispose]: () => labDown(name) };
}
