// Adds and deletes pods of a lab: manifest, namespace, and the plugin's ADD and DEL.
import { addPodInterface, deletePodInterface } from './cni.ts';
import { nodeOf, type LabPod } from './lab.ts';
import { removePod, writePod } from './manifests.ts';
import type { LabPlan, PodPlan } from './plan.ts';
import { forgetPod, recordPod } from './registry.ts';

export type Labels = Readonly<Record<string, string>>;

/** Adds a pod through its node's daemon. When that fails, nothing of the pod is left. */
export async function addPod(lab: LabPlan, plan: PodPlan, labels: Labels = {}): Promise<LabPod> {
  writePod(lab, plan, labels);
  try {
    const result = await addPodInterface(nodeOf(lab, plan), plan);
    const pod = { ...plan, addresses: result.ips.map(ip => ip.address.replace(/\/\d+$/, '')) };
    recordPod(lab, pod);
    return pod;
  } catch (error) {
    removePod(lab, plan);
    throw error;
  }
}

/** Deletes it through its node's daemon; namespace, manifest and record are removed even if DEL fails. */
export async function deletePod(lab: LabPlan, pod: PodPlan): Promise<void> {
  try {
    await deletePodInterface(nodeOf(lab, pod), pod);
  } finally {
    removePod(lab, pod);
    forgetPod(lab, pod);
  }
}
