// Commands on a node, a line each.
import type { NodePlan } from '../../../lab/plan.ts';
import { mustExec } from '../../support/lab.ts';

/** Throws at the first that fails. */
export async function runOn(node: NodePlan, ...lines: readonly string[]): Promise<void> {
  for (const line of lines) await mustExec(node, ...line.split(' '));
}
