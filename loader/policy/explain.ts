// The rules that apply to one pod, as their authors wrote them, in the order of evaluation.
import { namespaceLabels } from '../model/labels.ts';
import { podKey, type ClusterState, type PodKey, type PodObject } from '../model/objects.ts';
import { policyKey, type Policy, type PolicyDirection, type PolicyRule } from '../model/policies.ts';
import { comparePolicies, hasRulesFor } from './ordering.ts';
import { selects, selectsNamespace } from './selectors.ts';

export interface ExplainedRule {
  readonly policy: Policy;
  /** Position in the policy's list, from 0. */
  readonly index: number;
  readonly rule: PolicyRule;
}

export interface ExplainedDirection {
  readonly rules: readonly ExplainedRule[];
  /** Keys of the NetworkPolicies that isolate the pod; the Baseline tier is then not evaluated. */
  readonly isolatedBy: readonly string[];
  /** The verdict on traffic that no rule matches, in one sentence. */
  readonly otherwise: string;
}

type Cluster = Pick<ClusterState, 'namespaces' | 'pods' | 'policies'>;

export function isSubject(
  { namespaces }: Pick<ClusterState, 'namespaces'>,
  { subject }: Policy,
  { namespace, labels }: Pick<PodObject, 'namespace' | 'labels'>,
): boolean {
  const within = namespaceLabels(namespace, namespaces.get(namespace)?.labels);
  return selectsNamespace(subject.namespaces, namespace, within) && selects(subject.pods, labels);
}

/** The pods that the policy selects, in order of their names. */
export function subjectsOf(cluster: Cluster, policy: Policy, pods: Iterable<PodKey>): PodKey[] {
  return [...pods]
    .filter(key => {
      const pod = cluster.pods.get(key);
      return pod !== undefined && isSubject(cluster, policy, pod);
    })
    .sort();
}

export function explainDirection(
  cluster: Cluster,
  pod: PodObject,
  direction: PolicyDirection,
): ExplainedDirection {
  const policies = [...cluster.policies.values()]
    .filter(policy => hasRulesFor(policy, direction) && isSubject(cluster, policy, pod))
    .sort(comparePolicies);
  const isolatedBy = policies.filter(({ isolates }) => isolates.includes(direction)).map(policyKey);
  const evaluated = policies.filter(({ tier }) => tier !== 'Baseline' || isolatedBy.length === 0);
  const rules = evaluated.flatMap(policy =>
    policy[direction].map((rule, index) => ({ policy, index, rule })),
  );
  return { rules, isolatedBy, otherwise: otherwise(podKey(pod), direction, policies.length, isolatedBy) };
}

function otherwise(
  pod: PodKey,
  direction: PolicyDirection,
  count: number,
  isolatedBy: readonly string[],
): string {
  if (count === 0) return `nothing selects ${pod} for ${direction}: everything passes`;
  if (isolatedBy.length === 0) return 'whatever no rule matches passes: no NetworkPolicy isolates the pod';
  return `whatever no rule matches is dropped: ${isolatedBy.join(' and ')} isolates the pod`;
}
