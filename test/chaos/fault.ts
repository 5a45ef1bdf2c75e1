// What is done to the nodes while traffic runs.
import type { Lab, LabPod } from '../../lab/lab.ts';
import type { NodePlan, PodPlan } from '../../lab/plan.ts';
import type { Random } from '../support/policy/random/random.ts';

export interface Victim {
  readonly lab: Lab;
  readonly node: NodePlan;
  readonly random: Random;
  /** A pod that is not there yet, of that node, and of no other fault. */
  readonly newPod: () => PodPlan;
  /** One that traffic does not use. */
  readonly idlePod: LabPod;
}

export interface Fault {
  /** A few words, for the table. */
  readonly name: string;
  /** How often `make chaos` does it. */
  readonly times: number;
  /** Programs and maps are others after it: their numbers are not compared, what they hold is. */
  readonly replacesAll?: true;
  /** Does it, and settles when the node is whole again. */
  strike(victim: Victim): Promise<void>;
}
