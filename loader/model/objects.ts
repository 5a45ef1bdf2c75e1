// The Kubernetes objects that Heddle reads, reduced to what it uses, and the cluster they make up.
import type { Addr, Cidr, Mac } from 'ip';
import type { Labels } from './labels.ts';
import type { Policy, PolicyKey } from './policies.ts';

// For loader/sources, until it imports them from there.
export { NAMESPACE_NAME_LABEL, namespaceLabels, type Labels } from './labels.ts';

export interface NodeObject {
  readonly name: string;
  readonly labels: Labels;
  /** `spec.podCIDRs`, in the object's order. */
  readonly podCidrs: readonly Cidr[];
  /** `status.addresses` of type InternalIP, in the object's order: what other nodes can reach it by. */
  readonly internalAddresses: readonly Addr[];
  /** `status.addresses` of type ExternalIP. */
  readonly externalAddresses: readonly Addr[];
  /** Annotation `heddle.dev/tunnel-address`, at most one a family; empty: the first internal address of each. */
  readonly tunnelAddresses: readonly Addr[];
  /** Annotation `heddle.dev/vtep-mac`, for a peer whose overlay device is not Heddle's; absent: derived from the name. */
  readonly vtepMac?: Mac;
  /** Annotation `heddle.dev/uplink`: name of the device that carries the underlay on that node. */
  readonly uplink?: string;
  /** Condition `Ready`, or that its daemon speaks; absent: nobody says. */
  readonly isReady?: boolean;
  /** `metadata.creationTimestamp`, since the epoch: when it was announced. */
  readonly createdAtMs?: number;
}

export interface NamespaceObject {
  readonly name: string;
  /** The API server's own label among them. */
  readonly labels: Labels;
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

export interface ContainerPort {
  readonly name?: string;
  readonly number: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

export interface PodObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  readonly labels: Labels;
  /** Absent: not scheduled yet. */
  readonly nodeName?: string;
  readonly hostNetwork: boolean;
  readonly phase: PodPhase;
  /** `metadata.deletionTimestamp` is set: its address may have an heir before the object goes. */
  readonly isTerminating?: true;
  /** `metadata.creationTimestamp`, since the epoch. */
  readonly createdAtMs?: number;
  /** `status.podIPs`; given before ADD, a reservation. */
  readonly addresses: readonly Addr[];
  readonly ports: readonly ContainerPort[];
}

declare const podKeyBrand: unique symbol;

/** 'namespace/name'. */
export type PodKey = string & { readonly [podKeyBrand]: true };

export function podKey(pod: { readonly namespace: string; readonly name: string }): PodKey {
  return `${pod.namespace}/${pod.name}` as PodKey;
}

/** All that a source knows at one moment. Never changed in place: a part that is the same object is unchanged. */
export interface ClusterState {
  readonly nodes: ReadonlyMap<string, NodeObject>;
  readonly namespaces: ReadonlyMap<string, NamespaceObject>;
  readonly pods: ReadonlyMap<PodKey, PodObject>;
  readonly policies: ReadonlyMap<PolicyKey, Policy>;
}

export const emptyCluster: ClusterState = {
  nodes: new Map(),
  namespaces: new Map(),
  pods: new Map(),
  policies: new Map(),
};

/** A pod that has run to its end keeps its addresses in its status, but nobody answers there any more. */
export function isFinished(pod: PodObject): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}
