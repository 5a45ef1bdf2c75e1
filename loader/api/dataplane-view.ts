// What the Dataplane service asks of the agent: the cluster as this node knows it, and pods registered by hand.
import type { Addr, Cidr, Mac } from 'ip';
import type { ReconcilerStatus } from '../reconcilers/runner.ts';

export type EndpointKind = 'local-pod' | 'local-host' | 'remote-pod' | 'remote-node';

export interface EndpointView {
  readonly address: Addr;
  readonly kind: EndpointKind;
  /** VXLAN network identifier. */
  readonly segment: number;
  /** Name of the node that owns the address. */
  readonly node: string;
  /** Absent for nodes and for containers that are no pod. */
  readonly pod?: { readonly namespace: string; readonly name: string };
  /** Present for local pods only. */
  readonly local?: LocalEndpointView;
}

export interface LocalEndpointView {
  /** Of the host-side veth. */
  readonly ifindex: number;
  readonly hostInterface: string;
  /** The pod's own. */
  readonly mac: Mac;
  readonly containerId: string;
}

export type RouteKind = 'local' | 'overlay' | 'direct';

export interface RouteView {
  readonly prefix: Cidr;
  readonly kind: RouteKind;
  readonly segment: number;
  /** Name of the node that owns the prefix. */
  readonly node: string;
  /** Overlay: the owner's underlay address. */
  readonly tunnel?: Addr;
  /** Absent: the kernel's FIB decides. */
  readonly nextHop?: Addr;
  /** Largest IP packet that fits, bytes. */
  readonly mtu: number;
  /** Valid only as the source of tunnel packets and for answers to them. */
  readonly answerOnly: boolean;
}

export interface NodeView {
  readonly name: string;
  /** Number of the node in this node's maps. */
  readonly id: number;
  /** Underlay addresses. */
  readonly addresses: readonly Addr[];
  readonly podCidrs: readonly Cidr[];
  /** This node itself. */
  readonly local: boolean;
  /** Where its tunnel packets come from. */
  readonly tunnelAddress?: Addr;
}

export interface StatusView {
  readonly version: string;
  readonly node: string;
  readonly uptimeSeconds: number;
  /** A pod that is added now would work. */
  readonly ready: boolean;
  /** One sentence for each thing that is not as desired. */
  readonly problems: readonly string[];
  readonly uplink: string;
  readonly xdp: 'off' | 'native' | 'generic';
  /** Changes that reconcile has applied since start. */
  readonly changesApplied: number;
  readonly localPods: number;
  readonly remotePods: number;
  readonly nodes: number;
  /** In the order in which they run. */
  readonly reconcilers: readonly ReconcilerStatus[];
}

/** A pod whose interface the caller has made itself. */
export interface PodRegistration {
  readonly containerId: string;
  readonly hostInterface: string;
  readonly mac: Mac;
  /** Empty: one of each family is allocated. */
  readonly addresses: readonly Addr[];
  readonly pod?: { readonly namespace: string; readonly name: string };
}

/** Snapshots are cheap and not to be changed; an object that has not changed may be the same object as before. */
export interface DataplaneView {
  endpoints(): readonly EndpointView[];
  routes(): readonly RouteView[];
  nodes(): readonly NodeView[];
  status(): StatusView;
  /** Calls `listener` after any snapshot may have changed, until the returned function is called. */
  onChange(listener: () => void): () => void;
  /** Answers the pod's addresses. Idempotent for equal requests, `ENDPOINT_EXISTS` for others. */
  registerPod(registration: PodRegistration): Promise<readonly Addr[]>;
  /** `ENDPOINT_MISSING` when there is no such container. */
  unregisterPod(containerId: string): Promise<void>;
}
