// Ours: a lab of two nodes with a pod each, real daemons, and so many pods of other nodes in their tables.
import { setTimeout as sleep } from 'node:timers/promises';
import { labDown } from '../../../lab/down.ts';
import type { Lab } from '../../../lab/lab.ts';
import { DEFAULT_OPTIONS, type LabOptions, type NodePlan } from '../../../lab/plan.ts';
import { labUp } from '../../../lab/up.ts';
import { MAP_NAMES } from '../../../loader/abi/map-set.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { writeCluster, type ClusterSize } from '../daemon/cluster-manifests.ts';
import type { BenchContext } from '../figure.ts';
import { forgetFlows } from './forget-flows.ts';
import { podEnd } from './lab-network.ts';
import type { PodEnd } from './pod-network.ts';
import { bypassNetfilter } from './underlay.ts';

export interface EndpointLab extends AsyncDisposable {
  readonly lab: Lab;
  readonly from: PodEnd;
  /** On the other node. */
  readonly to: PodEnd;
  /** So that all of them are new. */
  forgetFlows(): Promise<void>;
}

/** The daemon's own defaults, where labs have smaller ones. */
const MAPS = { endpoints: 262_144, routes: 65_536, conntrack: 65_536 } as const;
const POLL_MS = 1_000;
const PATIENCE_MS = 240_000;

/** Under that name; an earlier one that was left is taken down first. Pods of other nodes are those of `size`. */
export async function openEndpointLab(
  name: string,
  size: ClusterSize,
  { progress, signal }: BenchContext,
): Promise<EndpointLab> {
  const others = size.nodes * size.podsPerNode;
  progress(`a lab of two nodes with a pod each, and ${others} pods elsewhere`);
  await labDown(name);
  const options: LabOptions = {
    ...DEFAULT_OPTIONS,
    ...{ name, podsPerNode: 1, families: 'ipv4', underlayFamilies: 'ipv4', config: { maps: MAPS } },
  };
  const lab = await labUp(options, { signal });
  try {
    bypassNetfilter(lab.fabricNetns);
    writeCluster(lab.manifests, size);
    for (const node of lab.nodes) await waitForEndpoints(node, others, signal);
    const [from, to] = lab.pods.map(pod => podEnd(lab, pod));
    if (from === undefined || to === undefined) throw new Error('the lab has too few pods');
    const forgetAll = (): Promise<void> => {
      for (const node of lab.nodes) forgetFlows(node);
      return Promise.resolve();
    };
    return { lab, from, to, forgetFlows: forgetAll, [Symbol.asyncDispose]: () => labDown(name) };
  } catch (error) {
    await labDown(name);
    throw error;
  }
}

async function waitForEndpoints(node: NodePlan, others: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (endpointsOf(node) < others) {
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`the daemon of ${node.name} does not know all pods`);
    await sleep(POLL_MS);
  }
}

/** Rows of hd_endpoint. */
function endpointsOf(node: NodePlan): number {
  const maps = openPinnedMaps(node.pinRoot);
  const rows = [...maps.hd_endpoint.keys()].length;
  for (const name of MAP_NAMES) maps[name][Symbol.dispose]();
  return rows;
}
