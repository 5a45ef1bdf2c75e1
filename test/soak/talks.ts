// Who talks to whom in a soak: each node's pods with those of the next node and among themselves, in both families.
import type { Lab, LabPod } from '../../lab/lab.ts';
import { POD_NAMESPACE } from '../../lab/plan.ts';
import type { Talk } from '../chaos/talk.ts';
import { podNamed } from '../support/lab.ts';
import type { StoredObject } from '../support/api-server/collections.ts';

/** Pods of each node: one that asks, one that those alone may ask, one that may not. */
export const PODS_PER_NODE = 3;
const [ASKER, GUARDED, OUTSIDER] = ['p1', 'p2', 'p3'] as const;

export function talksOf(lab: Lab): Talk[] {
  const pod = (node: string, name: string): LabPod => podNamed(lab, `${node}-${name}`);
  const names = lab.nodes.map(({ name }) => name);
  const pairs = names.flatMap((name, i) => {
    const next = names[(i + 1) % names.length] ?? name;
    return [name, next].flatMap(other => [
      { from: pod(name, ASKER), to: pod(other, GUARDED), isAllowed: true },
      { from: pod(name, OUTSIDER), to: pod(other, GUARDED), isAllowed: false },
    ]);
  });
  return pairs.flatMap(pair => (['ipv4', 'ipv6'] as const).map(family => ({ ...pair, family })));
}

export function describeTalk({ from, to, family }: Talk): string {
  return `${from.name} → ${to.name} over ${family}`;
}

/**
 * That only those who ask may talk to those who are guarded, which only answer: where a node has lost its flows, an answer
 * to what came through meanwhile would else be the first packet of a flow that is allowed.
 */
export function guardPolicy({ nodes }: Pick<Lab, 'nodes'>): StoredObject {
  const named = (pod: string): object => ({
    matchExpressions: [{ key: 'app', operator: 'In', values: nodes.map(({ name }) => `${name}-${pod}`) }],
  });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'guard', namespace: POD_NAMESPACE },
    spec: {
      podSelector: named(GUARDED),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: named(ASKER) }] }],
    },
  };
}
