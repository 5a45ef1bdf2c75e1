// Many other nodes and their pods as the manifests source reads them: a file for each node.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NodePlan, POD_NAMESPACE } from '../../../lab/plan.ts';
import { realisticPod } from './realistic-pod.ts';

export interface ClusterSize {
  readonly nodes: number;
  readonly podsPerNode: number;
}

/** Every object of it. */
export function* clusterObjects({ nodes, podsPerNode }: ClusterSize): Generator<ClusterDocument> {
  for (let node = 0; node < nodes; node++) {
    yield nodeObject(node);
    for (let pod = 0; pod < podsPerNode; pod++) yield podObject(node, pod);
  }
}

export interface ClusterDocument {
  readonly kind: 'Node' | 'Pod';
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** The same with pods of the size that an API server has. */
export function* realisticObjects({ nodes, podsPerNode }: ClusterSize): Generator<ClusterDocument> {
  for (let node = 0; node < nodes; node++) {
    yield nodeObject(node);
    for (let pod = 0; pod < podsPerNode; pod++) yield farPod(node, pod);
  }
}

/** Which pod the nth change of a run is of: each time another node's. */
export function changedPod({ nodes, podsPerNode }: ClusterSize, change: number): ClusterDocument {
  return farPod(change % nodes, Math.floor(change / nodes) % podsPerNode, 1);
}

export function addressOfFarPod(pod: ClusterDocument): string {
  return (pod['status'] as { readonly podIP: string }).podIP;
}

/** Of another node; `turn`: another address each time, all of them that node's. */
export function farPod(node: number, pod: number, turn = 0): ClusterDocument {
  return realisticPod({
    ...{ name: `far-${node}-${pod}`, namespace: POD_NAMESPACE, app: `app-${pod % 10}` },
    ...{ nodeName: `far-${node}`, hostAddress: nodeAddress(node) },
    address: `${podPrefix(node)}.${pod + 2 + 100 * (turn & 1)}`,
  });
}

/** JSON documents, which are YAML: a file of them is written by concatenation. */
export function writeCluster(directory: string, { nodes, podsPerNode }: ClusterSize): void {
  for (let node = 0; node < nodes; node++) {
    const pods = Array.from({ length: podsPerNode }, (_, pod) => podObject(node, pod));
    const documents = [nodeObject(node), ...pods].map(object => `---\n${JSON.stringify(object)}\n`);
    writeFileSync(join(directory, `far-${node}.yaml`), documents.join(''));
  }
}

/** 10.0.0.0/24 and on: as many as there are below the lab's 10.244.0.0/16. */
function podPrefix(node: number): string {
  return `10.${node >> 8}.${node & 255}`;
}

/** A lab's node as its own source has it: without it, no pod could be added, and its daemon is not ready. */
export function ownNode({ name, addresses, podCidrs }: NodePlan): ClusterDocument {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDRs: podCidrs },
    status: { addresses: addresses.map(address => ({ type: 'InternalIP', address })) },
  };
}

function nodeAddress(node: number): string {
  return `172.16.${node >> 8}.${node & 255}`;
}

function nodeObject(node: number) {
  return {
    apiVersion: 'v1',
    kind: 'Node' as const,
    metadata: { name: `far-${node}` },
    spec: { podCIDRs: [`${podPrefix(node)}.0/24`] },
    status: { addresses: [{ type: 'InternalIP', address: nodeAddress(node) }] },
  };
}

function podObject(node: number, pod: number) {
  const name = `far-${node}-p${pod}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod' as const,
    metadata: { name, namespace: POD_NAMESPACE, uid: `uid-${name}`, labels: { app: `app-${pod % 10}` } },
    spec: { nodeName: `far-${node}`, containers: [{ name: 'main', image: 'none' }] },
    status: { phase: 'Running', podIPs: [{ ip: `${podPrefix(node)}.${pod + 2}` }] },
  };
}
