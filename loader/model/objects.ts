// Kubernetes objects reduced to the fields that Heddle uses, and the cluster state that they form.
import type { Addr } from './addr.ts';
import type { Cidr } from './cidr.ts';
import type { Mac } from './mac.ts';
import type { Policy, PolicyKey } from './policies.ts';

export type Labels = Readonly<Record<string, string>>;

export interface NodeObject {
  readonly name: string;
  readonly labels: Labels;
  /** `spec.podCIDRs`, in the object's order. */
  readonly podCidrs: readonly Cidr[];
  /** `status.addresses` of type InternalIP, in the object's order: underlay addresses. */
  readonly internalAddresses: readonly Addr[];
  /** `status.addresses` of type ExternalIP. */
  readonly externalAddresses: readonly Addr[];
  /** Annotation `heddle.dev/tunnel-address`, at most one a family; empty: the first internal address of each. */
  readonly tunnelAddresses: readonly Addr[];
  /** Annotation `heddle.dev/vtep-mac`, for a peer with a VTEP that is not Heddle's; absent: derived from the name. */
  readonly vtepMac?: Mac;
  /** Annotation `heddle.dev/uplink`: name of the device that carries the underlay on that node. */
  readonly uplink?: string;
  /** Condition `Ready`, or from etcd that its daemon is alive; absent: unknown. */
  readonly isReady?: boolean;
  /** `metadata.creationTimestamp`, since the epoch. */
  readonly createdAtMs?: number;
}

export interface NamespaceObject {
  readonly name: string;
  /** Includes the label that the API server sets. */
  readonly labels: Labels;
}

/** The API server sets this label on every Namespace to its name. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** Labels that selectors see; a namespace without an object has the name label. */
export function namespaceLabels(name: string, labels: Labels = {}): Labels {
  return labels[NAMESPACE_NAME_LABEL] === name ? labels : { ...labels, [NAMESPACE_NAME_LABEL]: name };
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
  /** `metadata.deletionTimestamp` is set: another pod may have its address before the object is deleted. */
  readonly isTerminating?: true;
  /** `metadata.creationTimestamp`, since the epoch. */
  readonly createdAtMs?: number;
  /** `status.podIPs`; set before ADD, they are a reservation. */
  readonly addresses: readonly Addr[];
  readonly ports: readonly ContainerPort[];
}

declare const podKeyBrand: unique symbol;

/** 'namespace/name'. */
export type PodKey = string & { readonly [podKeyBrand]: true };

export function podKey(pod: { readonly namespace: string; readonly name: string }): PodKey {
  return `${pod.namespace}/${pod.name}` as PodKey;
}

/** Snapshot of a source. Immutable: an unchanged part is the same object. */
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

/** A finished pod keeps its addresses in its status, but no longer has them. */
export function isFinished(pod: PodObject): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}
