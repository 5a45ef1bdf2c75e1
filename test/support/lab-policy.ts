// Policies of a lab: files among its manifests, which every node's daemon watches.
import { removeObject, writeObject } from '../../lab/manifests.ts';
import { POD_NAMESPACE, type LabPlan } from '../../lab/plan.ts';

export { removeObject, writeObject };

export function writePolicy(lab: LabPlan, name: string, spec: object): void {
  const metadata = { name, namespace: POD_NAMESPACE };
  writeObject(lab, name, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec });
}

export function writeClusterPolicy(lab: LabPlan, name: string, spec: object): void {
  const apiVersion = 'policy.networking.k8s.io/v1alpha2';
  writeObject(lab, name, { apiVersion, kind: 'ClusterNetworkPolicy', metadata: { name }, spec });
}

/** The pods of that name: `app` is what a lab's pods are labelled with. */
export function podsNamed(name: string): object {
  return { matchLabels: { app: name } };
}
