// Kinds as people type them: pod, pods, po.
import type { ObjectKind } from '../../../loader/sources/objects/kubernetes-objects.ts';
import { UsageError } from '../invocation/usage-error.ts';

const WORDS: Readonly<Record<string, ObjectKind>> = {
  ...{ node: 'Node', nodes: 'Node', no: 'Node' },
  ...{ namespace: 'Namespace', namespaces: 'Namespace', ns: 'Namespace' },
  ...{ pod: 'Pod', pods: 'Pod', po: 'Pod' },
  ...{ networkpolicy: 'NetworkPolicy', networkpolicies: 'NetworkPolicy', netpol: 'NetworkPolicy' },
  ...{
    clusternetworkpolicy: 'ClusterNetworkPolicy',
    clusternetworkpolicies: 'ClusterNetworkPolicy',
    cnp: 'ClusterNetworkPolicy',
  },
};

export function kindNamed(word: string): ObjectKind {
  const kind = WORDS[word.toLowerCase()];
  if (kind !== undefined) return kind;
  throw new UsageError(
    `'${word}' is no kind of object: use node, namespace, pod, networkpolicy or clusternetworkpolicy`,
  );
}
