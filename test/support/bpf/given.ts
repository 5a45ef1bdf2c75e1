// What the maps hold before a packet comes, in words; kinds and flags are the enumerators' own names.
import type { GivenCidr, GivenControl, GivenPeer, GivenPod, GivenRule, Versioned } from './given-policy.ts';

export interface GivenIface {
  readonly ifindex: number;
  /** A pod's unless given. */
  readonly kind?: 'IFACE_POD' | 'IFACE_UPLINK';
  readonly mac?: string;
  readonly podId?: number;
  readonly vni?: number;
  readonly flags?: readonly string[];
}

export interface GivenEndpoint {
  readonly addr: string;
  readonly kind:
    | 'ENDPOINT_LOCAL_POD'
    | 'ENDPOINT_LOCAL_HOST'
    | 'ENDPOINT_REMOTE_POD'
    | 'ENDPOINT_REMOTE_NODE'
    | 'ENDPOINT_SERVICE';
  readonly node: number;
  readonly vni?: number;
  readonly ifindex?: number;
  readonly podId?: number;
  readonly mac?: string;
  readonly flags?: readonly string[];
  /** In policy tables; 0 unless given. */
  readonly identity?: Versioned;
}

export interface GivenRoute {
  readonly prefix: string;
  readonly kind: 'ROUTE_LOCAL' | 'ROUTE_OVERLAY' | 'ROUTE_DIRECT';
  readonly node: number;
  readonly mtu: number;
  readonly vni?: number;
  /** The uplink's unless given. */
  readonly ifindex?: number;
  /** The owner's underlay address, of direct routes too. */
  readonly tunnel?: string;
  /** This node's end of the tunnel. */
  readonly source?: string;
  /** Absent: the program asks the FIB. */
  readonly nextHop?: string;
  readonly vtepMac?: string;
  readonly flags?: readonly string[];
}

export interface GivenNode {
  readonly addr: string;
  readonly id: number;
  readonly mac?: string;
  readonly flags: readonly string[];
}

/** From who opened the flow to who was asked, as a tracked flow is shown: VIA_STACK_ORIG is of the originator's packets. */
export interface GivenFlow {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: readonly string[];
  readonly node?: number;
  readonly ageMs?: number;
  /** Assured, but hd_ct had no room. */
  readonly isEvictable?: boolean;
  /** Counted towards being assured: the originator's, the responder's. */
  readonly packets?: readonly [originator: number, responder: number];
  /** Of policy, that admitted it at both ends; the active one by default. */
  readonly generation?: number;
}

/** One port of a Service at one address, which is an endpoint of its own kind beside it. */
export interface GivenService {
  readonly addr: string;
  readonly port: number;
  readonly protocol: number;
  readonly id: number;
  /** Those that take new flows. */
  readonly ready: readonly (readonly [addr: string, port: number])[];
  readonly draining?: readonly (readonly [addr: string, port: number])[];
  readonly affinityS?: number;
}

export interface Given {
  readonly ifaces: readonly GivenIface[];
  readonly endpoints: readonly GivenEndpoint[];
  readonly routes: readonly GivenRoute[];
  readonly nodes: readonly GivenNode[];
  readonly services: readonly GivenService[];
  readonly conntrack: readonly GivenFlow[];
  readonly control: GivenControl;
  readonly pods: readonly GivenPod[];
  readonly cidrs: readonly GivenCidr[];
  readonly peers: readonly GivenPeer[];
  readonly rules: readonly GivenRule[];
}

/** `more` is added to `base`; an entry with the same key takes the other's place. */
export function givenWith(base: Given, more: Partial<Given>): Given {
  return {
    ifaces: merged(base.ifaces, more.ifaces, iface => String(iface.ifindex)),
    endpoints: merged(base.endpoints, more.endpoints, endpoint => endpoint.addr),
    routes: merged(base.routes, more.routes, route => route.prefix),
    nodes: merged(base.nodes, more.nodes, node => node.addr),
    services: merged(base.services, more.services, each => `${each.addr} ${each.port} ${each.protocol}`),
    conntrack: [...base.conntrack, ...(more.conntrack ?? [])],
    control: { ...base.control, ...more.control },
    pods: merged(base.pods, more.pods, pod => String(pod.podId)),
    cidrs: [...base.cidrs, ...(more.cidrs ?? [])],
    peers: [...base.peers, ...(more.peers ?? [])],
    rules: [...base.rules, ...(more.rules ?? [])],
  };
}

function merged<T>(base: readonly T[], more: readonly T[] = [], key: (entry: T) => string): readonly T[] {
  return [...new Map([...base, ...more].map(entry => [key(entry), entry])).values()];
}
