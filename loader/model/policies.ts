// Policies as they are judged: both Kubernetes kinds in one form, defaults filled in, names of fields left behind.
import type { Cidr } from 'ip';
import { objectKey, type PolicyKind } from './kinds.ts';
import type { Labels } from './labels.ts';

/** Kubernetes' LabelSelector: everything in it must hold; with nothing in it, it selects everything. */
export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly LabelRequirement[];
}

/** `NotIn` holds when the label is missing. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** Of `In` and `NotIn`; empty for the others. */
  readonly values: readonly string[];
}

/** Pods by their own labels, within namespaces by theirs or within one namespace by its name. */
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
 * Holds for every peer with every port of its lists. An unknown peer or port fails closed: Accept matches nothing by it,
 * Deny matches everything (a Pass with one is a Deny by the time it is read).
 */
export interface PolicyRule {
  /** As the object has it; absent in a NetworkPolicy. */
  readonly name?: string;
  readonly action: 'Accept' | 'Deny' | 'Pass';
  /** `all`: whoever it is, pods, nodes and outside. */
  readonly peers: readonly PolicyPeer[] | 'all';
  /** `all`: whatever the protocol is, ICMP included. */
  readonly ports: readonly PortMatch[] | 'all';
}

export type PolicyDirection = 'egress' | 'ingress';

export interface Policy {
  readonly kind: PolicyKind;
  /** Absent: cluster-wide. */
  readonly namespace?: string;
  readonly name: string;
  /** Admin is judged before all NetworkPolicies together, Baseline after them if none isolates the pod. */
  readonly tier: 'Admin' | 'NetworkPolicy' | 'Baseline';
  /** Within its tier, lower first, then by name; 0 in a NetworkPolicy, whose rules have no order. */
  readonly priority: number;
  readonly subject: PodSelector;
  /** NetworkPolicy: what no rule of any policy admits is denied in these directions; else empty. */
  readonly isolates: readonly PolicyDirection[];
  /** In the object's order: the first that matches decides, unless it says Pass: then the next tier does. */
  readonly egress: readonly PolicyRule[];
  readonly ingress: readonly PolicyRule[];
}

declare const policyKeyBrand: unique symbol;

/** 'NetworkPolicy namespace/name' or 'ClusterNetworkPolicy name'. */
export type PolicyKey = string & { readonly [policyKeyBrand]: true };

export function policyKey(policy: Pick<Policy, 'kind' | 'namespace' | 'name'>): PolicyKey {
  return objectKey(policy.kind, policy) as PolicyKey;
}
