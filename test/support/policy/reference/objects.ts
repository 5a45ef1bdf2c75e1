// The two policy kinds as their API documents write them: only what bears on a verdict, nothing filled in.
import type { RawPolicy } from '../world.ts';
import type { IpBlock } from './addresses.ts';
import type { Selector } from './selectors.ts';

/** networking.k8s.io/v1 */
export interface NetworkPolicySpec {
  readonly podSelector?: Selector | null;
  readonly policyTypes?: readonly string[] | null;
  readonly ingress?: readonly NetworkPolicyRule[] | null;
  readonly egress?: readonly NetworkPolicyRule[] | null;
}

export interface NetworkPolicyRule {
  readonly from?: readonly NetworkPolicyPeer[] | null;
  readonly to?: readonly NetworkPolicyPeer[] | null;
  readonly ports?: readonly NetworkPolicyPort[] | null;
}

export interface NetworkPolicyPeer {
  readonly podSelector?: Selector | null;
  readonly namespaceSelector?: Selector | null;
  readonly ipBlock?: IpBlock | null;
}

export interface NetworkPolicyPort {
  readonly protocol?: string | null;
  readonly port?: number | string | null;
  readonly endPort?: number | null;
}

/** policy.networking.k8s.io/v1alpha2 */
export interface ClusterNetworkPolicySpec {
  readonly tier: 'Admin' | 'Baseline';
  readonly priority: number;
  readonly subject: ClusterPods;
  readonly ingress?: readonly ClusterRule[] | null;
  readonly egress?: readonly ClusterRule[] | null;
}

export interface ClusterRule {
  readonly name?: string;
  readonly action: 'Accept' | 'Deny' | 'Pass';
  readonly from?: readonly ClusterPeer[];
  readonly to?: readonly ClusterPeer[];
  readonly protocols?: readonly ClusterProtocol[] | null;
}

export interface ClusterPods {
  readonly namespaces?: Selector | null;
  readonly pods?: {
    readonly namespaceSelector?: Selector | null;
    readonly podSelector?: Selector | null;
  } | null;
}

export interface ClusterPeer extends ClusterPods {
  readonly nodes?: Selector | null;
  readonly networks?: readonly string[] | null;
}

export interface ClusterProtocol {
  readonly tcp?: { readonly destinationPort?: ClusterPort | null } | null;
  readonly udp?: { readonly destinationPort?: ClusterPort | null } | null;
  readonly sctp?: { readonly destinationPort?: ClusterPort | null } | null;
  readonly destinationNamedPort?: string | null;
}

export interface ClusterPort {
  readonly number?: number | null;
  readonly range?: { readonly start: number; readonly end: number } | null;
}

export interface NetworkPolicy {
  readonly policy: RawPolicy;
  readonly namespace: string;
  readonly spec: NetworkPolicySpec;
}

export interface ClusterNetworkPolicy {
  readonly policy: RawPolicy;
  readonly spec: ClusterNetworkPolicySpec;
}

export function networkPolicies(policies: readonly RawPolicy[]): readonly NetworkPolicy[] {
  return policies
    .filter(policy => policy.kind === 'NetworkPolicy')
    .map(policy => ({
      policy,
      namespace: policy.metadata.namespace ?? 'default',
      spec: policy.spec as NetworkPolicySpec,
    }));
}

export function clusterNetworkPolicies(policies: readonly RawPolicy[]): readonly ClusterNetworkPolicy[] {
  return policies
    .filter(policy => policy.kind === 'ClusterNetworkPolicy')
    .map(policy => ({ policy, spec: policy.spec as ClusterNetworkPolicySpec }));
}
