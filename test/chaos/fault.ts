// What is done to the nodes while traffic runs.
import type { Lab, LabPod } from '../../lab/lab.ts';
import type { NodePlan, PodPlan } from '../../lab/plan.ts';
import type { Random } from '../support/policy/random/random.ts';
import type { BuildOf } from './builds/build.ts';
import type { Losses } from './losses.ts';

export interface Target {
  readonly lab: Lab;
  readonly node: NodePlan;
  readonly random: Random;
  /** Of what there is to try, a little is enough. */
  readonly isShort: boolean;
  /** A pod that is not there yet, of that node, and of no other fault. */
  readonly newPod: () => PodPlan;
  /** One that traffic does not use. */
  readonly idlePod: LabPod;
  readonly buildOf: BuildOf;
  /** Adds to what the fault has cost: of flows of its own. */
  readonly lose: (losses: Partial<Losses>) => void;
}

export interface Fault {
  /** A few words, for the table. */
  readonly name: string;
  /** How often `make chaos` does it. */
  readonly times: number;
  /** Programs and maps are others after it: their numbers are not compared, what they hold is. */
  readonly replacesAll?: true;
  /** Does it, and settles when the node is whole again; rejects if it does not become so. */
  inject(target: Target): Promise<void>;
}
