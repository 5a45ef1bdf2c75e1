// The agent's interface for the Dataplane service: endpoints, routes, nodes, status, and registration of pods.
import type { Addr, Cidr, Mac } from 'ip';
import type { ReconcilerStatus } from '../reconcilers/reconciler-status.ts';
import type { PolicyCounts } from '../sources/applied/applied-policies.ts';

export type EndpointKind = 'local-pod' | 'local-host' | 'remote-pod' | 'remote-node' | 'service';

export interface EndpointView {
  readonly address: Addr;
  readonly kind: EndpointKind;
  /** VXLAN network identifier. */
  readonly vni: number;
  /** Name of the node that owns the address. */
  readonly node: string;
  /** Absent for nodes and for containers that are not pods. */
  readonly pod?: { readonly namespace: string; readonly name: string };
  /** Present for addresses of Services only. */
  readonly service?: { readonly namespace: string; readonly name: string };
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
  readonly vni: number;
  /** Name of the node that owns the prefix. */
  readonly node: string;
  /** Overlay: the owner's underlay address. */
  readonly tunnel?: Addr;
  /** Absent: the kernel's FIB decides. */
  readonly nextHop?: Addr;
  /** Largest IP packet that fits, bytes. */
  readonly mtu: number;
  /** Valid only as the source of tunnel packets and for replies to them. */
  readonly replyOnly: boolean;
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
  /** Source address of its tunnel packets. */
  readonly tunnelAddress?: Addr;
}

/** Why a pod added now would not work. */
export interface UnmetCondition {
  /** 'pod-cidr', 'state-directory' …, or the name of a reconciler. */
  readonly name: string;
  readonly reason: string;
  /** What to do; absent: the reason says it, or it is tried again. */
  readonly cure?: string;
  /** Running pods may lack connectivity, too. */
  readonly limitsRunningPods: boolean;
}

export interface StatusView extends PolicyCounts {
  readonly version: string;
  readonly node: string;
  readonly uptimeSeconds: number;
  /** A pod added now would work: `unmet` is empty. */
  readonly ready: boolean;
  readonly unmet: readonly UnmetCondition[];
  /** One sentence for each problem, those of `unmet` first. */
  readonly problems: readonly string[];
  readonly uplink: string;
  readonly xdp: 'off' | 'native' | 'generic';
  /** Changes that the reconcilers have applied since the start. */
  readonly changesApplied: number;
  readonly localPods: number;
  /** Of them, those whose records were rebuilt from their devices. */
  readonly rebuiltPods: number;
  readonly remotePods: number;
  readonly nodes: number;
  /** In the order in which they run. */
  readonly reconcilers: readonly ReconcilerStatus[];
  /** Of the source. */
  readonly watches: readonly WatchView[];
}

/** One watch of the source. */
export interface WatchView {
  /** What is watched, as its server names it. */
  readonly name: string;
  /** Seconds since it was last proven that nothing older is missing; absent: not yet. */
  readonly confirmedAgeSeconds?: number;
  /** For longer than its server ever is while all is well. */
  readonly silent: boolean;
}

/** A pod whose interface was created by the caller. */
export interface PodRegistration {
  readonly containerId: string;
  readonly hostInterface: string;
  readonly mac: Mac;
  /** Empty: one of each family is allocated. */
  readonly addresses: readonly Addr[];
  readonly pod?: { readonly namespace: string; readonly name: string };
}

/** Snapshots are immutable and cheap to read; an unchanged object may be identical to the previous one. */
export interface DataplaneView {
  endpoints(): readonly EndpointView[];
  endpoint(address: Addr): EndpointView | undefined;
  routes(): readonly RouteView[];
  nodes(): readonly NodeView[];
  status(): StatusView;
  /** Calls `listener` after any snapshot may have changed, until the returned function is called. */
  onChange(listener: () => void): () => void;
  /** Returns the pod's addresses. Idempotent for equal requests, `ENDPOINT_EXISTS` for others. */
  registerPod(registration: PodRegistration): Promise<readonly Addr[]>;
  /** `ENDPOINT_MISSING` when there is no such container. */
  unregisterPod(containerId: string): Promise<void>;
}
