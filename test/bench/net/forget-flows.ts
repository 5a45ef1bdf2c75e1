// A node's conntrack, emptied.
import type { NodePlan } from '../../../lab/plan.ts';
import { MAP_NAMES } from '../../../loader/abi/map-set.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';

export function forgetFlows(node: NodePlan): void {
  const maps = openPinnedMaps(node.pinRoot);
  for (const name of ['hd_ct_unassured', 'hd_ct'] as const) maps[name].deleteBatch([...maps[name].keys()]);
  for (const name of MAP_NAMES) maps[name][Symbol.dispose]();
}
