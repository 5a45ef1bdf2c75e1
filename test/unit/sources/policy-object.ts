// Policies in YAML flow style, and what reading them comes to.
import { parse } from 'yaml';
import type { Policy } from '../../../loader/model/policies.ts';
import { readPolicyObject } from '../../../loader/sources/applied/read-policy.ts';

/** `spec` is what stands between the braces of the object's spec. */
export function networkPolicy(spec: string, metadata = 'name: p, namespace: shop'): unknown {
  return parse(
    `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {${metadata}}, spec: {${spec}}}`,
  );
}

/** An Admin policy for all pods, with those rules. */
export function clusterNetworkPolicy(rules: string, subject = 'namespaces: {}'): unknown {
  return clusterNetworkPolicyOf(`tier: Admin, priority: 10, subject: {${subject}}, ${rules}`);
}

export function clusterNetworkPolicyOf(spec: string, metadata = 'name: p'): unknown {
  const head = 'apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy';
  return parse(`{${head}, metadata: {${metadata}}, spec: {${spec}}}`);
}

export function policyOf(value: unknown): Policy {
  return readPolicyObject(value).policy;
}

/** The one sentence that an object is refused with. */
export function refusalOf(value: unknown): string {
  try {
    readPolicyObject(value);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'it is accepted';
}
