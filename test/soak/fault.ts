// What is done to a node, or to the source of all nodes, while traffic runs.
import type { NodePlan } from '../../lab/plan.ts';
import type { Random } from '../support/policy/random/random.ts';
import type { Cost } from './cost.ts';
import type { World } from './world/world.ts';

/** What a fault takes hold of: two at once have nothing in common, or are on two nodes. */
export type Held =
  'daemon' | 'pods' | 'pins' | 'overlay' | 'routes' | 'firewall' | 'sysctls' | 'uplink' | 'state' | 'source';

export interface Place {
  readonly world: World;
  readonly node: NodePlan;
  /** The fault's own, so that a seed repeats it whatever else happens at the same time. */
  readonly random: Random;
}

/** Ends the fault, and does not wait until the node is whole again: that is what is measured. */
export type End = () => unknown;

export interface SoakFault {
  /** A few words, for the table. */
  readonly name: string;
  readonly holds: readonly Held[];
  readonly cost: Cost;
  /** The most that it lasts. */
  readonly lastsMs: number;
  readonly begin: (place: Place) => End | Promise<End>;
}

/** Of what is mended without anything being put back. */
export const nothingToEnd: End = () => undefined;
