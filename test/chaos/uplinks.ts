// The lab's uplinks as NICs have them: GRO is on, so that hooks meet packets larger than the MTU.
import type { Lab } from '../../lab/lab.ts';
import { mustExec } from '../support/lab.ts';

export async function switchOnGro(lab: Lab): Promise<void> {
  for (const node of lab.nodes) await mustExec(node, 'ethtool', '-K', 'eth0', 'gro', 'on');
}
