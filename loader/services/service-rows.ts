// What the Services of a cluster come to on one node: the rows of hd_service, hd_backend and hd_backend_info, and the VIPs.
import type { Addr } from 'ip';
import type { ServiceKey, ServiceProtocol } from '../model/service-objects.ts';

/** One place where a Service's port is served. */
export interface Backend {
  readonly addr: Addr;
  readonly port: number;
}

/** A list that new flows choose from. Equal lists are one object, and have one number for good. */
export interface BackendSet {
  /** Number in hd_backend; 0: the empty list, which has no rows. */
  readonly number: number;
  /** Equal for equal lists. */
  readonly key: string;
  /** In the order of their slots, which depends on the backends alone. */
  readonly backends: readonly Backend[];
}

export interface BackendState extends Backend {
  readonly isReady: boolean;
}

export interface Frontend {
  readonly addr: Addr;
  readonly port: number;
  readonly protocol: ServiceProtocol;
}

/** A row of hd_service. */
export interface FrontendRow extends Frontend {
  /** Of the Service's port. */
  readonly id: number;
  readonly set: BackendSet;
  readonly affinityS: number;
}

/** One port of a Service, as a node serves it. */
export interface CompiledPort {
  readonly service: ServiceKey;
  /** Empty: it has none. */
  readonly name: string;
  readonly protocol: ServiceProtocol;
  readonly id: number;
  /** Sorted by address, then by port; without those that another Service has. */
  readonly frontends: readonly FrontendRow[];
  /** Of all backends, also of those that no list has. */
  readonly states: readonly BackendState[];
}

/** Who a VIP belongs to, for messages. */
export interface Vip {
  readonly namespace: string;
  readonly name: string;
}

export interface CompiledServices {
  /** By Service, ports in its order; Services without a frontend and without a backend are absent. */
  readonly ports: ReadonlyMap<ServiceKey, readonly CompiledPort[]>;
  readonly vips: ReadonlyMap<Addr, Vip>;
  /** One sentence each. */
  readonly problems: readonly string[];
  readonly size: ServicesSize;
}

/** Rows of each map. */
export interface ServicesSize {
  readonly frontends: number;
  /** Of all lists; equal ones count once for each that uses them. */
  readonly backends: number;
  readonly states: number;
}

/** Where this node is. */
export interface Place {
  readonly node: string;
  /** Label topology.kubernetes.io/zone; absent: unknown. */
  readonly zone?: string | undefined;
}
