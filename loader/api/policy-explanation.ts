// ExplainPod, and the subjects of one policy.
import { explainDirection, subjectsOf, type ExplainedDirection } from '../policy/explain.ts';
import { peersText, portsText } from '../policy/policy-text.ts';
import { podKey, type ClusterState, type PodKey } from '../model/objects.ts';
import { policyKey, type Policy } from '../model/policies.ts';
import type { heddle } from './proto.gen.js';
import { RequestError } from './request-error.ts';

/** The cluster state of this node, and its local pods. */
export interface PolicyContext {
  cluster(): ClusterState;
  localPods(): readonly PodKey[];
}

export function localSubjects(context: PolicyContext, policy: Policy): string[] {
  return subjectsOf(context.cluster(), policy, context.localPods());
}

export function explainPod(
  context: PolicyContext,
  { namespace, name }: heddle.v1.IExplainPodRequest,
): heddle.v1.IExplainPodResponse {
  const cluster = context.cluster();
  const key = podKey({ namespace: namespace || 'default', name: name ?? '' });
  const pod = cluster.pods.get(key);
  if (pod === undefined || !context.localPods().includes(key))
    throw new RequestError('NOT_FOUND', `there is no pod ${key} on this node`);
  return {
    egress: directionMessage(explainDirection(cluster, pod, 'egress')),
    ingress: directionMessage(explainDirection(cluster, pod, 'ingress')),
  };
}

function directionMessage({
  rules,
  isolatedBy,
  otherwise,
}: ExplainedDirection): heddle.v1.IExplainedDirection {
  return {
    rules: rules.map(({ policy, index, rule }) => ({
      ...{ tier: policy.tier, policy: policyKey(policy), priority: policy.priority, index },
      ...{ name: rule.name ?? '', action: rule.action },
      ...{ peers: peersText(rule), ports: portsText(rule) },
    })),
    ...{ isolatedBy: [...isolatedBy], otherwise },
  };
}
