// Brings a lab up, step by step.
import { ensureBpffs } from './bpffs.ts';
import { startDaemon, waitForDaemon } from './daemon.ts';
import { writeDaemonConfig } from './daemon-config.ts';
import { labDown } from './down.ts';
import { buildFabric } from './fabric.ts';
import { builtFile } from './installation.ts';
import { waitForKnownPods } from './known-pods.ts';
import type { Lab, LabPod } from './lab.ts';
import { labLimits } from './limits.ts';
import { writeClusterManifests } from './manifests.ts';
import { planLab, type LabOptions, type LabPlan, type NodePlan } from './plan.ts';
import { addPod } from './pods.ts';
import { claimLab } from './registry.ts';

export interface UpOptions {
  /** Called as each step begins. */
  readonly progress?: (step: string) => void;
  /** Interrupts: what there is of the lab is then taken down again, and `labUp` rejects with the reason. */
  readonly signal?: AbortSignal;
}

/** Settles when every pod is there, and known to every node. When that fails, nothing of the lab is left. */
export async function labUp(options: LabOptions, up: UpOptions = {}): Promise<Lab> {
  const plan = planLab(options);
  requireMachine();
  claimLab(plan);
  try {
    return await build(plan, up);
  } catch (error) {
    await labDown(options.name);
    throw error;
  }
}

async function build(plan: LabPlan, up: UpOptions): Promise<Lab> {
  const step = (text: string): void => {
    up.signal?.throwIfAborted();
    up.progress?.(text);
  };
  step(`namespaces and underlay of ${count(plan.nodes.length, 'node')}`);
  ensureBpffs();
  await buildFabric(plan);
  writeClusterManifests(plan);
  step(count(plan.nodes.length, 'daemon'));
  for (const node of plan.nodes) {
    writeDaemonConfig(plan, node);
    startDaemon(node);
  }
  await Promise.all(plan.nodes.map(node => waitForDaemon(node, up.signal)));
  step(count(plan.pods.length, 'pod'));
  const pods = await Promise.all(plan.nodes.map(node => addPodsOf(plan, node, up.signal)));
  up.signal?.throwIfAborted();
  const lab = { ...plan, pods: pods.flat() };
  await waitForKnownPods(lab, up.signal);
  return lab;
}

/** One after the other, as a node's kubelet mostly has it; all nodes at once. */
async function addPodsOf(plan: LabPlan, node: NodePlan, signal?: AbortSignal): Promise<LabPod[]> {
  const added: LabPod[] = [];
  for (const pod of plan.pods.filter(candidate => candidate.node === node.name)) {
    signal?.throwIfAborted();
    added.push(await addPod(plan, pod));
  }
  return added;
}

/** Fails before anything is made. */
function requireMachine(): void {
  if (process.geteuid?.() !== 0)
    throw new Error('a lab needs root: it makes network namespaces and loads BPF');
  labLimits();
  builtFile('heddled.mjs');
  builtFile('heddle-cni');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
