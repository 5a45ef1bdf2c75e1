// Policies of a lab: files among its manifests, which every node's daemon watches.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { POD_NAMESPACE, type LabPlan } from '../../lab/plan.ts';

export function writePolicy(lab: LabPlan, name: string, spec: object): void {
  const metadata = { name, namespace: POD_NAMESPACE };
  writeObject(lab, name, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec });
}

export function writeClusterPolicy(lab: LabPlan, name: string, spec: object): void {
  const apiVersion = 'policy.networking.k8s.io/v1alpha2';
  writeObject(lab, name, { apiVersion, kind: 'ClusterNetworkPolicy', metadata: { name }, spec });
}

/** Whole or not at all. */
export function writeObject(lab: LabPlan, name: string, object: object): void {
  const path = pathOf(lab, name);
  writeFileSync(`${path}.tmp`, stringify(object));
  renameSync(`${path}.tmp`, path);
}

export function removeObject(lab: LabPlan, name: string): void {
  rmSync(pathOf(lab, name));
}

/** The pods of that name: `app` is what a lab's pods are labelled with. */
export function podsNamed(name: string): object {
  return { matchLabels: { app: name } };
}

function pathOf(lab: LabPlan, name: string): string {
  return join(lab.manifests, `test-${name}.yaml`);
}
