// What policy comes to: flat tables with numbers in them, as bpf/abi/policy.h describes them.
import type { Addr } from '../model/addr.ts';
import type { Cidr } from '../model/cidr.ts';
import type { Labels } from '../model/labels.ts';
import type { ContainerPort, NamespaceObject, NodeObject, PodKey, PodObject } from '../model/objects.ts';
import type { Policy, PolicyDirection, PolicyKey, PortProtocol } from '../model/policies.ts';

/** POLICY_OPEN of bpf/abi/policy.h: nothing selects the pod in this direction. */
export const POLICY_OPEN = 1;
/** Numbers below are not given to policies. */
export const FIRST_POLICY = 16;
/** Identity of everybody who has no number: any address outside the cluster that no policy mentions. */
export const ANYBODY = 0;

/** A pod on this node, to which policies apply. */
export interface PolicySubject {
  readonly namespace: string;
  readonly labels: Labels;
  readonly addresses: readonly Addr[];
  readonly ports: readonly ContainerPort[];
}

/** Number of the pod on this node: `pod_slot`. */
export type PodSlot = number;

export interface PolicyInput {
  /** This node's name. */
  readonly nodeName: string;
  readonly nodes: ReadonlyMap<string, NodeObject>;
  /** Which node each address of a node belongs to, those of overlay devices included. */
  readonly nodeAddresses: ReadonlyMap<Addr, string>;
  readonly namespaces: ReadonlyMap<string, NamespaceObject>;
  readonly pods: ReadonlyMap<PodKey, PodObject>;
  readonly policies: ReadonlyMap<PolicyKey, Policy>;
  /** Those of this node, by slot; their addresses are theirs, whatever the pods' objects say. */
  readonly subjects: ReadonlyMap<PodSlot, PolicySubject>;
}

export interface PodPolicies {
  readonly egress: number;
  readonly ingress: number;
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
  /** Of a ClusterNetworkPolicy's rule: its place among all of them, from 1; else 0. */
  readonly order: number;
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
 * Every number stands for one content for ever: equal content has an equal number in every compilation, on every node
 * and after every restart, because it is made of the content's hash. Rows under a number never change; only rows for
 * further identities come to a policy, and rows for identities that nobody has any more go.
 */
export interface CompiledPolicy {
  /** Of every address of a pod or node that differs from anybody's. */
  readonly identities: ReadonlyMap<Addr, number>;
  /** Of every prefix that a policy in force here mentions; 0.0.0.0/0 also beside a prefix of IPv6 around all IPv4. */
  readonly cidrs: ReadonlyMap<Cidr, number>;
  readonly pods: ReadonlyMap<PodSlot, PodPolicies>;
  /** By policy, then by identity; ANYBODY's row is always there. */
  readonly peers: ReadonlyMap<number, ReadonlyMap<number, PeerRow>>;
  readonly ruleSets: ReadonlyMap<number, readonly RuleSetRow[]>;
  readonly rules: ReadonlyMap<number, RuleMeaning>;
}

/** What a compilation has changed: keys alone; `undefined` in the tables afterwards means that it is gone. */
export interface PolicyChange {
  readonly identities: ReadonlySet<Addr>;
  readonly cidrs: ReadonlySet<Cidr>;
  readonly pods: ReadonlySet<PodSlot>;
  /** By policy; the identities whose rows came or went. */
  readonly peers: ReadonlyMap<number, ReadonlySet<number>>;
  readonly ruleSets: ReadonlySet<number>;
  readonly rules: ReadonlySet<number>;
}
