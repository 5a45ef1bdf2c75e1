// Kubernetes objects reduced to the fields that Heddle uses, and the cluster state that they form.
import type { Addr, Cidr, Family, Mac } from 'ip';
import { collections, objectKey, type Collection, type KindIn, type ObjectKind } from './kinds.ts';
import type { Labels } from './labels.ts';
import type { Policy, PolicyKey } from './policies.ts';
import type { EndpointSliceKey, EndpointSliceObject, ServiceKey, ServiceObject } from './service-objects.ts';

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
  /** Annotations that may be flannel's, as a source has read them; `flannelPeers` turns them into `flannelVteps`. */
  readonly flannelAnnotations?: Readonly<Record<string, string>>;
  /** MACs of flannel's VTEPs, by the family of the outer headers; empty: flannel without a VTEP. */
  readonly flannelVteps?: FlannelVteps;
  /** Annotation `heddle.dev/uplink`: name of the device that carries the underlay on that node. */
  readonly uplink?: string;
  /** Condition `Ready`, or from etcd that its daemon is alive; absent: unknown. */
  readonly isReady?: boolean;
  /** `metadata.creationTimestamp`, since the epoch. */
  readonly createdAtMs?: number;
}

export type FlannelVteps = Readonly<Partial<Record<Family, Mac>>>;

export interface NamespaceObject {
  readonly name: string;
  /** Includes the label that the API server sets. */
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
  /** Of a static pod: the uid that its node's kubelet and runtime know it by. `uid` is its mirror object's own. */
  readonly staticUid?: string;
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

/** What the node that a pod is on says: which addresses it has given to it. */
export interface PodAddresses {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  /** Who says it. */
  readonly nodeName: string;
  readonly addresses: readonly Addr[];
}

/** Whether a runtime's uid is this pod's, and not that of an earlier pod of the same name. An unknown uid may be any pod's. */
export function hasUid(pod: Pick<PodObject, 'uid' | 'staticUid'>, uid: string | undefined): boolean {
  return uid === undefined || pod.uid === undefined || uid === pod.uid || uid === pod.staticUid;
}

declare const podKeyBrand: unique symbol;

/** 'namespace/name'. */
export type PodKey = string & { readonly [podKeyBrand]: true };

export function podKey(pod: { readonly namespace: string; readonly name: string }): PodKey {
  return objectKey('Pod', pod) as PodKey;
}

/** What `podKey` was made of. */
export function podOfKey(key: PodKey): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = key.split('/');
  return { namespace, name };
}

/** For each kind, what its objects are reduced to and what they are found by. */
type Models = Complete<{
  readonly Node: Model<NodeObject, string>;
  readonly Namespace: Model<NamespaceObject, string>;
  readonly Pod: Model<PodObject, PodKey>;
  readonly PodAddresses: Model<PodAddresses, PodKey>;
  readonly NetworkPolicy: Model<Policy, PolicyKey>;
  readonly ClusterNetworkPolicy: Model<Policy, PolicyKey>;
  readonly Service: Model<ServiceObject, ServiceKey>;
  readonly EndpointSlice: Model<EndpointSliceObject, EndpointSliceKey>;
}>;

type Complete<T extends Readonly<Record<ObjectKind, unknown>>> = T;

interface Model<Object, Key> {
  readonly object: Object;
  readonly key: Key;
}

/** A kind without a model is one error, at `Models`: it adds nothing to any union. */
type ModelOf<K extends ObjectKind> = K extends keyof Models ? Models[K] : never;
export type ObjectOf<K extends ObjectKind> = ModelOf<K>['object'];
export type KeyOf<K extends ObjectKind> = ModelOf<K>['key'];
export type ObjectIn<C extends Collection> = ObjectOf<KindIn<C>>;
export type KeyIn<C extends Collection> = KeyOf<KindIn<C>>;

/** All that a source knows at one moment. Never changed in place: a part that is the same object is unchanged. */
export type ClusterState = {
  readonly [C in Collection]: ReadonlyMap<KeyIn<C>, ObjectIn<C>>;
};

/** A state of these parts. */
export function clusterOf(partOf: <C extends Collection>(collection: C) => ClusterState[C]): ClusterState {
  return Object.fromEntries(collections.map(each => [each, partOf(each)])) as unknown as ClusterState;
}

export const emptyCluster: ClusterState = clusterOf(() => new Map());

export function isSameCluster(a: ClusterState, b: ClusterState): boolean {
  return collections.every(each => a[each] === b[each]);
}

/** A finished pod keeps its addresses in its status, but no longer has them. */
export function isFinished(pod: PodObject): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}
