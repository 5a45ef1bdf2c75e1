// The lab that faults are injected into.
import { startDaemon, stopDaemon, waitForDaemon } from '../../lab/daemon.ts';
import { DEFAULT_OPTIONS, type LabOptions } from '../../lab/plan.ts';
import type { Lab } from '../../lab/lab.ts';
import { labUp, type UpOptions } from '../../lab/up.ts';
import { manifestsRead } from '../support/manifests-read.ts';
import { closeCallers, guard, PODS_PER_NODE } from './talk.ts';
import { switchOnGro } from './uplinks.ts';

/** Flows that a node's tables have room for: few, so that a flood is over soon. */
export const CONNTRACK_ENTRIES = 4_096;

const MAPS = { endpoints: 16_384, routes: 4_096, conntrack: CONNTRACK_ENTRIES };

export async function chaosLab(name: string, up: UpOptions): Promise<Lab> {
  const options: LabOptions = {
    ...DEFAULT_OPTIONS,
    name,
    podsPerNode: PODS_PER_NODE,
    config: { maps: MAPS },
  };
  const lab = await labUp(options, up);
  await switchOnGro(lab);
  closeCallers(lab);
  guard(lab);
  for (const node of lab.nodes) await manifestsRead(lab, node); // until then no traffic is denied
  return lab;
}

/** After a fault that left a node without a daemon, or with another build's. */
export async function makeWhole(lab: Lab): Promise<void> {
  for (const node of lab.nodes) {
    await stopDaemon(node);
    startDaemon(node);
    await waitForDaemon(node);
  }
}
