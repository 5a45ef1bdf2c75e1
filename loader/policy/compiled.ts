// The compiler's output: flat tables of numbers, as bpf/abi/policy.h describes them.
import type { Addr, Cidr } from 'ip';
import type { ContainerPort, NamespaceObject, NodeObject, PodKey, PodObject } from '../model/objects.ts';
import type { Labels } from '../model/labels.ts';
import type { Policy, PolicyDirection, PolicyKey, PortProtocol } from '../model/policies.ts';

/** The first policy number; lower ones are reserved: enum policy_id is among them. */
export const FIRST_POLICY = 16;
/** The identity of a peer that no term matches: an address that no policy names. */
export const ANY_PEER = 0;

/** A pod on this node, to which policies apply. */
export interface PolicySubject {
  readonly namespace: string;
  readonly labels: Labels;
  readonly addresses: readonly Addr[];
  readonly ports: readonly ContainerPort[];
}

/** Number of the pod on this node: `pod_id`. */
export type PodId = number;

export interface PolicyInput {
  /** This node's name. */
  readonly nodeName: string;
  readonly nodes: ReadonlyMap<string, NodeObject>;
  /** Which node each address of a node belongs to, those of overlay devices included. */
  readonly nodeAddresses: ReadonlyMap<Addr, string>;
  readonly namespaces: ReadonlyMap<string, NamespaceObject>;
  readonly pods: ReadonlyMap<PodKey, PodObject>;
  readonly policies: ReadonlyMap<PolicyKey, Policy>;
  /** This node's pods, by pod id; their attachments' addresses take precedence over the Pod objects'. */
  readonly subjects: ReadonlyMap<PodId, PolicySubject>;
}

/** Absent in a direction: nothing selects the pod there. */
export interface PodPolicies {
  readonly egress: number | undefined;
  readonly ingress: number | undefined;
  /** Egress towards addresses of this node that no Node object names. */
  readonly ownNode: number | undefined;
}

export function isSamePodPolicies(a: PodPolicies, b: PodPolicies): boolean {
  return a.egress === b.egress && a.ingress === b.ingress && a.ownNode === b.ownNode;
}

/** struct policy_peer. */
export interface PeerRow {
  readonly ruleSet: number;
  readonly prefixLengths: number;
}

/** struct rule_set_key and struct rule_verdict, without the rule set's number. */
export interface RuleSetRow {
  /** Absent: every protocol that has no row of its own. */
  readonly protocol?: PortProtocol;
  readonly prefixBits: number;
  readonly port: number;
  readonly rule: number;
  readonly action: 'allow' | 'deny';
  /** An Admin-tier Deny for every pod. */
  readonly everyPod: boolean;
  /** A ClusterNetworkPolicy's. */
  readonly isClusterRule: boolean;
}

/** struct rule and struct policy_name in words. */
export type RuleMeaning =
  | {
      readonly kind: 'listed';
      readonly policy: PolicyKey;
      readonly direction: PolicyDirection;
      /** Position in the policy's list, from 0. */
      readonly index: number;
    }
  | { readonly kind: 'isolated'; readonly policy: PolicyKey; readonly direction: PolicyDirection }
  | { readonly kind: 'default-accept'; readonly direction: PolicyDirection };

/**
 * A number never changes its meaning: equal content has an equal number in every compilation, on every node
 * and after every restart, because it is derived from the content's hash. Rows under a number never change; only rows
 * for further identities are added to a policy, and rows for identities without addresses are deleted.
 */
export interface CompiledPolicy {
  /** By address of a pod or node, where it differs from ANY_PEER. */
  readonly identities: ReadonlyMap<Addr, number>;
  /** By prefix that an active policy names; 0.0.0.0/0 too, next to an IPv6 prefix that contains the mapped IPv4 range. */
  readonly cidrs: ReadonlyMap<Cidr, number>;
  readonly pods: ReadonlyMap<PodId, PodPolicies>;
  /** By policy, then by identity; ANY_PEER always has a row. */
  readonly peers: ReadonlyMap<number, ReadonlyMap<number, PeerRow>>;
  readonly ruleSets: ReadonlyMap<number, readonly RuleSetRow[]>;
  readonly rules: ReadonlyMap<number, RuleMeaning>;
}

/** Keys that a compilation changed; a key that the tables no longer have was deleted. */
export interface PolicyChange {
  readonly identities: ReadonlySet<Addr>;
  readonly cidrs: ReadonlySet<Cidr>;
  readonly pods: ReadonlySet<PodId>;
  /** By policy: the identities whose rows were added or deleted. */
  readonly peers: ReadonlyMap<number, ReadonlySet<number>>;
  readonly ruleSets: ReadonlySet<number>;
  readonly rules: ReadonlySet<number>;
}
