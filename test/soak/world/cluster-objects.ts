// Objects of a soak's cluster, as both sources have them.
import { POD_NAMESPACE, type NodePlan, type PodPlan } from '../../../lab/plan.ts';
import type { StoredObject } from '../../support/api-server/collections.ts';

export const NAMESPACE: StoredObject = {
  ...{ apiVersion: 'v1', kind: 'Namespace' },
  metadata: { name: POD_NAMESPACE },
};

export function podObject({ name, namespace, uid, node }: PodPlan): StoredObject {
  const metadata = { name, namespace, uid, labels: { app: name } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: node } };
}

export function nodeObject({ name, podCidrs, addresses }: NodePlan): StoredObject {
  return {
    ...{ apiVersion: 'v1', kind: 'Node', metadata: { name } },
    spec: { podCIDRs: podCidrs },
    status: { addresses: addresses.map(address => ({ type: 'InternalIP', address })) },
  };
}
