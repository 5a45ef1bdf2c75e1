// Policies in one normal form for both Kubernetes kinds, with defaults filled in.
import type { Cidr } from 'ip';
import { objectKey, type PolicyKind } from './kinds.ts';
import type { Labels } from './labels.ts';

/** Kubernetes' LabelSelector: all requirements must hold; an empty one selects everything. */
export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly LabelRequirement[];
}

/** `NotIn` holds when the label is missing. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** Only with `In` and `NotIn`. */
  readonly values: readonly string[];
}

/** Selects pods by label, within namespaces selected by label or within one namespace by name. */
export interface PodSelector {
  readonly namespaces: LabelSelector | { readonly name: string };
  readonly pods: LabelSelector;
}

export type PortProtocol = 'TCP' | 'UDP' | 'SCTP';

export type PortMatch =
  /** Destination ports `first` to `last`, both included. */
  | { readonly kind: 'range'; readonly protocol: PortProtocol; readonly first: number; readonly last: number }
  /** What the destination pod calls so; without `protocol`, of any protocol. It never matches what is no pod. */
  | { readonly kind: 'named'; readonly name: string; readonly protocol?: PortProtocol }
  /** Something this version does not know. */
  | { readonly kind: 'unknown' };

export type PolicyPeer =
  | ({ readonly kind: 'pods' } & PodSelector)
  | { readonly kind: 'nodes'; readonly nodes: LabelSelector }
  /** Addresses in `cidr` but in none of `except`; whose they are does not matter. One family only. */
  | { readonly kind: 'network'; readonly cidr: Cidr; readonly except: readonly Cidr[] }
  /** Something this version does not know, or cannot enforce. */
  | { readonly kind: 'unknown' };

/**
 * Matches every combination of its peers and ports. An unknown peer or port fails closed: with Accept it matches nothing,
 * with Deny everything (the decoder turns a Pass with one into a Deny).
 */
export interface PolicyRule {
  /** The rule's name in the object; absent in a NetworkPolicy. */
  readonly name?: string;
  readonly action: 'Accept' | 'Deny' | 'Pass';
  /** `all`: any peer, including nodes and addresses outside of the cluster. */
  readonly peers: readonly PolicyPeer[] | 'all';
  /** `all`: any protocol, including ICMP. */
  readonly ports: readonly PortMatch[] | 'all';
}

export type PolicyDirection = 'egress' | 'ingress';

export interface Policy {
  readonly kind: PolicyKind;
  /** Absent: cluster-wide. */
  readonly namespace?: string;
  readonly name: string;
  /** Admin is evaluated before all NetworkPolicies, Baseline after them if none isolates the pod. */
  readonly tier: 'Admin' | 'NetworkPolicy' | 'Baseline';
  /** Within its tier, lower first, then by name; 0 in a NetworkPolicy, whose rules have no order. */
  readonly priority: number;
  readonly subject: PodSelector;
  /** NetworkPolicy: directions in which traffic that no rule accepts is denied; else empty. */
  readonly isolates: readonly PolicyDirection[];
  /** In the object's order. The first matching rule decides; Pass continues with the next tier. */
  readonly egress: readonly PolicyRule[];
  readonly ingress: readonly PolicyRule[];
}

declare const policyKeyBrand: unique symbol;

/** 'NetworkPolicy namespace/name' or 'ClusterNetworkPolicy name'. */
export type PolicyKey = string & { readonly [policyKeyBrand]: true };

export function policyKey(policy: Pick<Policy, 'kind' | 'namespace' | 'name'>): PolicyKey {
  return objectKey(policy.kind, policy) as PolicyKey;
}
