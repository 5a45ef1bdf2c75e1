// Services and EndpointSlices, reduced to what a node needs of them: 100,000 endpoints are held at once.
import type { Addr, Cidr, Family } from 'ip';
import { qualifiedName } from './kinds.ts';

export type ServiceProtocol = 'TCP' | 'UDP' | 'SCTP';

export interface ServicePort {
  /** Empty: the only port, without a name. */
  readonly name: string;
  readonly protocol: ServiceProtocol;
  readonly port: number;
  readonly nodePort?: number;
}

export interface ServiceObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  /** `metadata.creationTimestamp`, since the epoch. */
  readonly createdAtMs?: number;
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** Empty: headless, or none assigned yet. */
  readonly clusterIps: readonly Addr[];
  readonly externalIps: readonly Addr[];
  /** `status.loadBalancer.ingress`, without those whose `ipMode` is Proxy: these are reached through their balancer alone. */
  readonly loadBalancerIps: readonly Addr[];
  readonly ports: readonly ServicePort[];
  /** Session affinity by the client's address, seconds; 0: none. */
  readonly affinityS: number;
  readonly internalTrafficPolicy: TrafficPolicy;
  readonly externalTrafficPolicy: TrafficPolicy;
  /** What the author of the EndpointSlices makes hints of. */
  readonly trafficDistribution?: string;
  /** Absent: all clients; empty: none, since no entry can be read. */
  readonly sourceRanges?: readonly Cidr[];
  readonly healthCheckNodePort?: number;
  readonly publishNotReadyAddresses?: true;
  /** Label `service.kubernetes.io/service-proxy-name` or `…/headless`: another program serves it, or none. */
  readonly isForeign?: true;
}

export type TrafficPolicy = 'Cluster' | 'Local';

export interface SliceEndpoint {
  /** The first of its addresses: the API says that all are one endpoint's. */
  readonly addr: Addr;
  readonly isReady: boolean;
  readonly isServing: boolean;
  readonly isTerminating: boolean;
  readonly nodeName?: string;
  readonly hints?: EndpointHints;
}

/** Who should use an endpoint. */
export interface EndpointHints {
  readonly zones: readonly string[];
  readonly nodes: readonly string[];
}

export interface SlicePort {
  /** Empty: it has none. */
  readonly name: string;
  readonly protocol: ServiceProtocol;
  readonly port: number;
}

export interface EndpointSliceObject {
  readonly namespace: string;
  readonly name: string;
  /** Label `kubernetes.io/service-name`; absent: of no Service, or of one that is left to others. */
  readonly serviceName?: string;
  /** Undefined: FQDN. */
  readonly family: Family | undefined;
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly SlicePort[];
}

declare const serviceKeyBrand: unique symbol;
declare const sliceKeyBrand: unique symbol;

/** 'namespace/name'. */
export type ServiceKey = string & { readonly [serviceKeyBrand]: true };
export type EndpointSliceKey = string & { readonly [sliceKeyBrand]: true };

export function serviceKey(service: { readonly namespace: string; readonly name: string }): ServiceKey {
  return qualifiedName('Service', service) as ServiceKey;
}

/** Of which Service it is. */
export function serviceOfSlice({ namespace, serviceName }: EndpointSliceObject): ServiceKey | undefined {
  return serviceName === undefined ? undefined : serviceKey({ namespace, name: serviceName });
}
