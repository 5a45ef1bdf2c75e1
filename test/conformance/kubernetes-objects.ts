// A world as Kubernetes objects: what every level gives to Heddle.
import type { RawPolicy, World, WorldNamespace, WorldPod } from '../support/policy/world.ts';
import { nodesOf, type CaseNode } from './nodes.ts';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}

/** Nodes, namespaces, pods, and the policies as they were written. */
export function kubernetesObjects(world: World): readonly KubernetesObject[] {
  return [
    ...nodesOf(world).map(nodeObject),
    ...world.namespaces.map(namespaceObject),
    ...world.pods.map(podObject),
    ...world.policies.map(policyObject),
  ];
}

export function nodeObject({ name, labels, addresses, podCidrs }: CaseNode): KubernetesObject {
  const object = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: { podCIDRs: podCidrs },
    status: { addresses: addresses.map(address => ({ type: 'InternalIP', address })) },
  };
  return object;
}

export function namespaceObject({ name, labels }: WorldNamespace): KubernetesObject {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
  return object;
}

export function podObject(pod: WorldPod): KubernetesObject {
  const ports = pod.ports.map(({ name, port, protocol }) => ({
    ...(name !== undefined && { name }),
    containerPort: port,
    protocol,
  }));
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: pod.namespace, name: pod.name, labels: pod.labels },
    spec: {
      nodeName: pod.node,
      ...(pod.hostNetwork === true && { hostNetwork: true }),
      containers: [{ ports }],
    },
    status: { phase: 'Running', podIPs: pod.ips.map(ip => ({ ip })) },
  };
  return object;
}

export function policyObject(policy: RawPolicy): KubernetesObject {
  return policy;
}
