// Builds a soak's world: a lab, a source that its daemons read instead of the lab's manifests, and pods under a policy.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse, stringify } from 'yaml';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { labDown } from '../../../lab/down.ts';
import { waitForKnownPods } from '../../../lab/known-pods.ts';
import type { Lab, LabPod } from '../../../lab/lab.ts';
import { DEFAULT_OPTIONS, planPod, type NodePlan } from '../../../lab/plan.ts';
import { labUp } from '../../../lab/up.ts';
import type { SoakSource } from '../sources/source.ts';
import { guardPolicy, PODS_PER_NODE } from '../talks.ts';
import type { Teardown } from '../teardown.ts';
import { NAMESPACE } from './cluster-objects.ts';
import { mountDisk, unmountDisk } from './disk.ts';
import { reachLab } from './reach-lab.ts';
import { World } from './world.ts';

const MAPS = { endpoints: 16_384, routes: 4_096, conntrack: 16_384 };
/** How long ADD waits for its Pod object: a source is away for a few seconds. */
const POD_WAIT_MS = 20_000;

export interface WorldOptions {
  readonly labName: string;
  readonly nodes: number;
  /** Opens the source that the lab's daemons are to read. */
  readonly open: (teardown: Teardown, lab: Lab) => Promise<SoakSource>;
  readonly signal: AbortSignal;
}

/** Gone with `teardown`. */
export async function buildWorld(teardown: Teardown, options: WorldOptions): Promise<World> {
  const { labName, nodes, open, signal } = options;
  teardown.teardown(() => labDown(labName));
  const config = { podWaitMs: POD_WAIT_MS, maps: MAPS };
  const plan = { ...DEFAULT_OPTIONS, name: labName, nodes, podsPerNode: 0, config };
  const bare = await labUp(plan, { signal });
  for (const node of bare.nodes) await stopDaemon(node);
  const lab = { ...bare, nodes: bare.nodes.map(node => onSmallDisk(teardown, node)) };
  reachLab(lab);
  const source = await open(teardown, lab);
  // Before the disks and the source go: DEL of every pod is the run's own matter.
  teardown.teardown(() => Promise.all(lab.nodes.map(stopDaemon)));
  for (const node of lab.nodes) {
    configure(node, source);
    startDaemon(node);
  }
  await Promise.all(lab.nodes.map(node => waitForDaemon(node, signal)));
  const world = await withPods(lab, source);
  await waitForKnownPods(world.lab, signal);
  return world;
}

function onSmallDisk(teardown: Teardown, node: NodePlan): NodePlan {
  const moved = mountDisk(node);
  teardown.teardown(() => unmountDisk(moved));
  return moved;
}

function configure(node: NodePlan, { settings }: SoakSource): void {
  const config = parse(readFileSync(node.configFile, 'utf8')) as object;
  const places = { stateDir: node.stateDir, runDir: dirname(node.socket), socket: node.socket };
  writeFileSync(node.configFile, stringify({ ...config, ...places, source: settings }));
}

async function withPods(lab: Lab, source: SoakSource): Promise<World> {
  await source.put(NAMESPACE);
  await source.put(guardPolicy(lab));
  const empty = new World(lab, source);
  const pods: LabPod[] = [];
  for (const node of lab.nodes)
    for (let number = 1; number <= PODS_PER_NODE; number++)
      pods.push(await empty.addPod(planPod(lab.options, node.name, number)));
  return new World({ ...lab, pods }, source);
}
