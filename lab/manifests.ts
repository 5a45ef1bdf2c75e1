// The lab's Kubernetes objects, as the files that every node's daemon watches.
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { POD_NAMESPACE, type LabPlan, type NodePlan, type PodPlan } from './plan.ts';

export function writeClusterManifests(plan: LabPlan): void {
  mkdirSync(plan.manifests, { recursive: true });
  const namespaces = new Set([POD_NAMESPACE, ...plan.pods.map(pod => pod.namespace)]);
  for (const name of namespaces)
    write(plan, `namespace-${name}`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const node of plan.nodes) write(plan, `node-${node.name}`, nodeObject(node));
  for (const pod of plan.pods) writePod(plan, pod);
}

export function writePod(plan: LabPlan, pod: PodPlan, labels: Readonly<Record<string, string>> = {}): void {
  write(plan, podFile(pod), podObject(pod, labels));
}

export function removePod(plan: LabPlan, pod: PodPlan): void {
  rmSync(join(plan.manifests, `${podFile(pod)}.yaml`), { force: true });
}

function nodeObject(node: NodePlan): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name },
    spec: { podCIDRs: node.podCidrs },
    status: { addresses: node.addresses.map(address => ({ type: 'InternalIP', address })) },
  };
}

function podObject(pod: PodPlan, labels: Readonly<Record<string, string>>): object {
  const { name, namespace, uid } = pod;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid, labels: { app: name, node: pod.node, ...labels } },
    spec: { nodeName: pod.node, containers: [{ name: 'main', image: 'none' }] },
    status: { phase: 'Running' },
  };
}

/** Cut: a pod's names may be longer than a file's. */
function podFile(pod: PodPlan): string {
  return `pod-${pod.namespace}-${pod.name}`.slice(0, 200);
}

/** An object beside the lab's own, whole or not at all. */
export function writeObject(plan: LabPlan, name: string, object: object): void {
  write(plan, `test-${name}`, object);
}

export function removeObject(plan: LabPlan, name: string): void {
  rmSync(join(plan.manifests, `test-${name}.yaml`), { force: true });
}

/** Atomically: the daemons watch the folder. They read a new file of an old date at once, and wait for no more of it. */
function write(plan: LabPlan, name: string, object: object): void {
  const path = join(plan.manifests, `${name}.yaml`);
  writeFileSync(`${path}.tmp`, stringify(object));
  utimesSync(`${path}.tmp`, 0, 0);
  renameSync(`${path}.tmp`, path);
}
