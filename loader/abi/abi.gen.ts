// Generated from the BTF of build/bpf/*.bpf.o by scripts/gen-abi.ts; `make gen` writes it anew.
import type { IntLayout, StructLayout } from 'libbpf-ts';
import type { Addr } from '../model/addr.ts';
import type { Mac } from '../model/mac.ts';
import type { AbiMap, ConfigVariable } from './declarations.ts';

/** enum conntrack_flag (bpf/abi/conntrack.h) */
export const ConntrackFlag = {
  HOST_PATH: 1,
  TUNNEL: 2,
} as const;
export type ConntrackFlag = (typeof ConntrackFlag)[keyof typeof ConntrackFlag];
export const conntrackFlagTexts: Readonly<Record<keyof typeof ConntrackFlag, string>> = {
  HOST_PATH: "Came through the host's stack (netfilter may have translated it): goes back that way.",
  TUNNEL: "Was brought by a node's tunnel from that node's own address: answered into the tunnel.",
};

/** enum endpoint_kind (bpf/abi/endpoint.h) */
export const EndpointKind = {
  LOCAL_POD: 1,
  LOCAL_HOST: 2,
  REMOTE_POD: 3,
  REMOTE_NODE: 4,
} as const;
export type EndpointKind = (typeof EndpointKind)[keyof typeof EndpointKind];
export const endpointKindTexts: Readonly<Record<keyof typeof EndpointKind, string>> = {
  LOCAL_POD: 'behind ifindex, with that mac',
  LOCAL_HOST: 'an address of this node',
  REMOTE_POD: 'on node_id',
  REMOTE_NODE: 'an address of node_id itself',
};

/** enum node_flag (bpf/abi/node.h) */
export const NodeFlag = {
  LOCAL: 1,
  TUNNEL: 2,
  MAC_KNOWN: 4,
} as const;
export type NodeFlag = (typeof NodeFlag)[keyof typeof NodeFlag];
export const nodeFlagTexts: Readonly<Record<keyof typeof NodeFlag, string>> = {
  LOCAL: 'an underlay address of this node: never a valid tunnel source',
  TUNNEL: 'may send us VXLAN from this address',
  MAC_KNOWN: "shares a subnet with us and mac is its uplink's",
};

/** enum port_flag (bpf/abi/port.h) */
export const PortFlag = {
  SLOW_PATH: 1,
} as const;
export type PortFlag = (typeof PortFlag)[keyof typeof PortFlag];
export const portFlagTexts: Readonly<Record<keyof typeof PortFlag, string>> = {
  SLOW_PATH: "A foreign qdisc or filter stands on the device: packets go through the host's stack.",
};

/** enum route_kind (bpf/abi/route.h) */
export const RouteKind = {
  LOCAL: 1,
  OVERLAY: 2,
  DIRECT: 3,
} as const;
export type RouteKind = (typeof RouteKind)[keyof typeof RouteKind];
export const routeKindTexts: Readonly<Record<keyof typeof RouteKind, string>> = {
  LOCAL: "this node's own pod CIDR",
  OVERLAY: "encapsulated to the node's tunnel address",
  DIRECT: 'plain, to next_hop',
};

/** enum route_flag (bpf/abi/route.h) */
export const RouteFlag = {
  ANSWER_ONLY: 1,
} as const;
export type RouteFlag = (typeof RouteFlag)[keyof typeof RouteFlag];
export const routeFlagTexts: Readonly<Record<keyof typeof RouteFlag, string>> = {
  ANSWER_ONLY:
    "A node's own address outside its pod CIDRs: a valid source inside its tunnel, and a destination only for answers to flows that its tunnel brought.",
};

/** enum hook (bpf/abi/verdict.h) */
export const Hook = {
  POD_TX: 0,
  POD_RX: 1,
  UPLINK_RX: 2,
  UPLINK_XDP: 3,
  OVERLAY_TX: 4,
  OVERLAY_RX: 5,
  FORWARD: 6,
} as const;
export type Hook = (typeof Hook)[keyof typeof Hook];
export const HOOK_MAX = 7;

/** enum verdict (bpf/abi/verdict.h) */
export const Verdict = {
  VERDICT_NEXT: 0,
  DELIVER_POD: 1,
  DELIVER_HOST: 2,
  DELIVER_OVERLAY: 3,
  DELIVER_KERNEL: 4,
  DELIVER_DIRECT: 5,
  ANSWER_ARP: 6,
  ANSWER_ND: 7,
  PASS_FOREIGN: 8,
  PASS_HOST: 9,
  PASS_POD: 10,
  PASS_TTL: 11,
  PASS_TOO_BIG: 12,
  PASS_HOST_PATH: 13,
  PASS_SLOW_PATH: 14,
  PASS_CHECKED: 15,
  PASS_ADMITTED: 16,
  DROP_MALFORMED: 17,
  DROP_ETHERTYPE: 18,
  DROP_EXTENSION: 19,
  DROP_PORT_UNKNOWN: 20,
  DROP_SOURCE_MAC: 21,
  DROP_SOURCE_ADDRESS: 22,
  DROP_DESTINATION_MAC: 23,
  DROP_DESTINATION_ADDRESS: 24,
  DROP_ARP_SPOOF: 25,
  DROP_ND_SPOOF: 26,
  DROP_NEIGHBOUR: 27,
  DROP_MULTICAST: 28,
  DROP_POD_TUNNEL: 29,
  DROP_TUNNEL_MALFORMED: 30,
  DROP_TUNNEL_SOURCE: 31,
  DROP_TUNNEL_VNI: 32,
  DROP_TUNNEL_INNER_SOURCE: 33,
  DROP_TUNNEL_DESTINATION: 34,
  DROP_TUNNEL_ECN: 35,
  DROP_NATIVE_SOURCE: 36,
  DROP_NATIVE_DEVICE: 37,
  DROP_NATIVE_MAC: 38,
  DROP_ROUTE_MISSING: 39,
  DROP_ENCAP: 40,
  DROP_DECAP: 41,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];
export const VERDICT_MAX = 42;
export const verdictTexts: Readonly<Record<keyof typeof Verdict, string>> = {
  VERDICT_NEXT: 'The stage has no objection: go on with the next one. Never final.',
  DELIVER_POD: "into a local pod, past the host's stack",
  DELIVER_HOST: 'to this node itself, through the overlay device',
  DELIVER_OVERLAY: 'encapsulated here, sent out of the uplink',
  DELIVER_KERNEL: "sent through the kernel's own vxlan: we cannot encapsulate it",
  DELIVER_DIRECT: "sent plain to its node, past the host's stack",
  ANSWER_ARP: "a pod's ARP request, answered in place",
  ANSWER_ND: "a pod's neighbour solicitation, answered in place",
  PASS_FOREIGN: 'none of our business, untouched',
  PASS_HOST: "a pod's packet to this node or to the outside world",
  PASS_POD: "the host's stack to a local pod",
  PASS_TTL: "expired: the host's stack answers as a router",
  PASS_TOO_BIG: "does not fit its path: the host's stack answers or fragments",
  PASS_HOST_PATH: 'belongs to a flow that netfilter translated',
  PASS_SLOW_PATH: "a foreign qdisc or filter on the pod's device wants to see it",
  PASS_CHECKED: 'was admitted by an earlier hook of ours',
  PASS_ADMITTED: 'a tunnel packet our checks admit, decapsulated by the kernel or later',
  DROP_MALFORMED: 'headers cut short or inconsistent',
  DROP_ETHERTYPE: 'a pod sent neither IP nor ARP',
  DROP_EXTENSION: 'IPv6 extension headers beyond what we follow',
  DROP_PORT_UNKNOWN: 'the device belongs to no registered pod',
  DROP_SOURCE_MAC: 'a pod sent from a MAC that is not its own',
  DROP_SOURCE_ADDRESS: 'a pod sent from an address that is not its own',
  DROP_DESTINATION_MAC: "a pod sent to a MAC that is not its gateway's",
  DROP_DESTINATION_ADDRESS: 'loopback or unspecified: no address to send to',
  DROP_ARP_SPOOF: 'a pod claimed an address by ARP that is not its own',
  DROP_ND_SPOOF: 'a pod claimed an address by ND, or sent RA or redirect',
  DROP_NEIGHBOUR: "a pod's DAD, MLD and other link chatter: nobody needs it",
  DROP_MULTICAST: 'multicast or broadcast: not carried',
  DROP_POD_TUNNEL: 'a pod sent VXLAN towards a node',
  DROP_TUNNEL_MALFORMED: 'VXLAN header or inner frame is not what RFC 7348 says',
  DROP_TUNNEL_SOURCE: 'outer source is no known node',
  DROP_TUNNEL_VNI: 'VNI is no segment of ours',
  DROP_TUNNEL_INNER_SOURCE: 'inner source does not belong to the sending node',
  DROP_TUNNEL_DESTINATION: 'inner destination is neither a local pod nor this node',
  DROP_TUNNEL_ECN: 'congestion mark on a packet that cannot carry it (RFC 6040)',
  DROP_NATIVE_SOURCE: 'plain packet with a source that may only come encapsulated',
  DROP_NATIVE_DEVICE: 'plain packet of a direct route, on another device',
  DROP_NATIVE_MAC: "plain packet of a direct route, not from its owner's MAC",
  DROP_ROUTE_MISSING: "the host's stack sent to the overlay what no route covers",
  DROP_ENCAP: 'no room or no address of this node for the outer headers',
  DROP_DECAP: 'the kernel refused to remove the outer headers',
};

const u32: IntLayout = {
  kind: 'int',
  name: '__u32',
  size: 4,
  signed: false,
  bool: false,
  char: false,
  bigEndian: false,
};
const u8: IntLayout = {
  kind: 'int',
  name: '__u8',
  size: 1,
  signed: false,
  bool: false,
  char: false,
  bigEndian: false,
};
const be32: IntLayout = {
  kind: 'int',
  name: '__be32',
  size: 4,
  signed: false,
  bool: false,
  char: false,
  bigEndian: true,
};
const u64: IntLayout = {
  kind: 'int',
  name: '__u64',
  size: 8,
  signed: false,
  bool: false,
  char: false,
  bigEndian: false,
};
const be16: IntLayout = {
  kind: 'int',
  name: '__be16',
  size: 2,
  signed: false,
  bool: false,
  char: false,
  bigEndian: true,
};
const u16: IntLayout = {
  kind: 'int',
  name: '__u16',
  size: 2,
  signed: false,
  bool: false,
  char: false,
  bigEndian: false,
};

export const addrLayout: StructLayout = {
  kind: 'struct',
  name: 'addr',
  size: 16,
  members: [
    {
      name: '',
      cName: '',
      offset: 0,
      padding: false,
      layout: {
        kind: 'union',
        name: '',
        size: 16,
        members: [
          {
            name: 'bytes',
            cName: 'bytes',
            offset: 0,
            padding: false,
            layout: { kind: 'array', name: '', size: 16, length: 16, element: u8 },
          },
          {
            name: 'words',
            cName: 'words',
            offset: 0,
            padding: false,
            layout: { kind: 'array', name: '', size: 16, length: 4, element: be32 },
          },
          {
            name: 'halves',
            cName: 'halves',
            offset: 0,
            padding: false,
            layout: { kind: 'array', name: '', size: 16, length: 2, element: u64 },
          },
        ],
      },
    },
  ],
};

/** struct flow (bpf/abi/conntrack.h) */
export interface Flow {
  readonly segment: number;
  /** IPPROTO_* */
  readonly protocol: number;
  readonly source: Addr;
  readonly destination: Addr;
  /** ICMP echo: the identifier, in both */
  readonly sourcePort: number;
  readonly destinationPort: number;
}
export const flowLayout: StructLayout = {
  kind: 'struct',
  name: 'flow',
  size: 48,
  members: [
    { name: 'segment', cName: 'segment', offset: 0, padding: false, layout: u32 },
    { name: 'protocol', cName: 'protocol', offset: 4, padding: false, layout: u8 },
    {
      name: 'pad',
      cName: 'pad',
      offset: 5,
      padding: true,
      layout: { kind: 'array', name: '', size: 3, length: 3, element: u8 },
    },
    { name: 'source', cName: 'source', offset: 8, padding: false, layout: addrLayout },
    { name: 'destination', cName: 'destination', offset: 24, padding: false, layout: addrLayout },
    { name: 'sourcePort', cName: 'source_port', offset: 40, padding: false, layout: be16 },
    { name: 'destinationPort', cName: 'destination_port', offset: 42, padding: false, layout: be16 },
    {
      name: 'pad2',
      cName: 'pad2',
      offset: 44,
      padding: true,
      layout: { kind: 'array', name: '', size: 4, length: 4, element: u8 },
    },
  ],
};

/** struct conntrack (bpf/abi/conntrack.h) */
export interface Conntrack {
  /** CLOCK_MONOTONIC of the last packet that wrote it */
  readonly seenNs: bigint;
  /** enum conntrack_flag */
  readonly flags: number;
  /** with CONNTRACK_TUNNEL: whose tunnel */
  readonly nodeId: number;
}
export const conntrackLayout: StructLayout = {
  kind: 'struct',
  name: 'conntrack',
  size: 32,
  members: [
    { name: 'seenNs', cName: 'seen_ns', offset: 0, padding: false, layout: u64 },
    { name: 'flags', cName: 'flags', offset: 8, padding: false, layout: u32 },
    { name: 'nodeId', cName: 'node_id', offset: 12, padding: false, layout: u32 },
    {
      name: 'reserved',
      cName: 'reserved',
      offset: 16,
      padding: true,
      layout: { kind: 'array', name: '', size: 16, length: 16, element: u8 },
    },
  ],
};

/** struct endpoint_key (bpf/abi/endpoint.h) */
export interface EndpointKey {
  readonly segment: number;
  readonly addr: Addr;
}
export const endpointKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'endpoint_key',
  size: 24,
  members: [
    { name: 'segment', cName: 'segment', offset: 0, padding: false, layout: u32 },
    { name: 'pad', cName: 'pad', offset: 4, padding: true, layout: u32 },
    { name: 'addr', cName: 'addr', offset: 8, padding: false, layout: addrLayout },
  ],
};

export const macLayout: StructLayout = {
  kind: 'struct',
  name: 'mac',
  size: 6,
  members: [
    {
      name: 'bytes',
      cName: 'bytes',
      offset: 0,
      padding: false,
      layout: { kind: 'array', name: '', size: 6, length: 6, element: u8 },
    },
  ],
};

/** struct endpoint (bpf/abi/endpoint.h) */
export interface Endpoint {
  /** enum endpoint_kind */
  readonly kind: number;
  /** what policy knows it by; 0 until policy is compiled */
  readonly identity: number;
  /** owner, as in hd_node */
  readonly nodeId: number;
  /** local pods: host-side veth */
  readonly ifindex: number;
  /** local pods: as in hd_port */
  readonly podSlot: number;
  /** local pods: the pod's own MAC */
  readonly mac: Mac;
  /** enum port_flag of the pod's port */
  readonly flags: number;
}
export const endpointLayout: StructLayout = {
  kind: 'struct',
  name: 'endpoint',
  size: 28,
  members: [
    { name: 'kind', cName: 'kind', offset: 0, padding: false, layout: u32 },
    { name: 'identity', cName: 'identity', offset: 4, padding: false, layout: u32 },
    { name: 'nodeId', cName: 'node_id', offset: 8, padding: false, layout: u32 },
    { name: 'ifindex', cName: 'ifindex', offset: 12, padding: false, layout: u32 },
    { name: 'podSlot', cName: 'pod_slot', offset: 16, padding: false, layout: u32 },
    { name: 'mac', cName: 'mac', offset: 20, padding: false, layout: macLayout },
    { name: 'flags', cName: 'flags', offset: 26, padding: false, layout: u16 },
  ],
};

/** struct fragment_key (bpf/abi/fragment.h) */
export interface FragmentKey {
  readonly segment: number;
  /** IPv4: the 16-bit identification, as on the wire */
  readonly id: number;
  readonly source: Addr;
  readonly destination: Addr;
  /** IPPROTO_* */
  readonly protocol: number;
}
export const fragmentKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'fragment_key',
  size: 48,
  members: [
    { name: 'segment', cName: 'segment', offset: 0, padding: false, layout: u32 },
    { name: 'id', cName: 'id', offset: 4, padding: false, layout: be32 },
    { name: 'source', cName: 'source', offset: 8, padding: false, layout: addrLayout },
    { name: 'destination', cName: 'destination', offset: 24, padding: false, layout: addrLayout },
    { name: 'protocol', cName: 'protocol', offset: 40, padding: false, layout: u8 },
    {
      name: 'pad',
      cName: 'pad',
      offset: 41,
      padding: true,
      layout: { kind: 'array', name: '', size: 7, length: 7, element: u8 },
    },
  ],
};

/** struct fragment_ports (bpf/abi/fragment.h) */
export interface FragmentPorts {
  /** CLOCK_MONOTONIC of the first fragment */
  readonly seenNs: bigint;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** the first one did not fit its path: the host's stack has it */
  readonly tooBig: number;
}
export const fragmentPortsLayout: StructLayout = {
  kind: 'struct',
  name: 'fragment_ports',
  size: 16,
  members: [
    { name: 'seenNs', cName: 'seen_ns', offset: 0, padding: false, layout: u64 },
    { name: 'sourcePort', cName: 'source_port', offset: 8, padding: false, layout: be16 },
    { name: 'destinationPort', cName: 'destination_port', offset: 10, padding: false, layout: be16 },
    { name: 'tooBig', cName: 'too_big', offset: 12, padding: false, layout: u8 },
    {
      name: 'reserved',
      cName: 'reserved',
      offset: 13,
      padding: true,
      layout: { kind: 'array', name: '', size: 3, length: 3, element: u8 },
    },
  ],
};

/** struct metrics (bpf/abi/metrics.h) */
export interface Metrics {
  readonly packets: bigint;
  /** layer-2 length as the hook was given it */
  readonly bytes: bigint;
}
export const metricsLayout: StructLayout = {
  kind: 'struct',
  name: 'metrics',
  size: 16,
  members: [
    { name: 'packets', cName: 'packets', offset: 0, padding: false, layout: u64 },
    { name: 'bytes', cName: 'bytes', offset: 8, padding: false, layout: u64 },
  ],
};

/** struct node_key (bpf/abi/node.h) */
export interface NodeKey {
  readonly addr: Addr;
}
export const nodeKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'node_key',
  size: 16,
  members: [{ name: 'addr', cName: 'addr', offset: 0, padding: false, layout: addrLayout }],
};

/** struct node (bpf/abi/node.h) */
export interface Node {
  /** node-local number, never 0, the same for all addresses of a node */
  readonly id: number;
  /** with NODE_MAC_KNOWN: its uplink's MAC */
  readonly mac: Mac;
  /** enum node_flag */
  readonly flags: number;
}
export const nodeLayout: StructLayout = {
  kind: 'struct',
  name: 'node',
  size: 12,
  members: [
    { name: 'id', cName: 'id', offset: 0, padding: false, layout: u32 },
    { name: 'mac', cName: 'mac', offset: 4, padding: false, layout: macLayout },
    { name: 'flags', cName: 'flags', offset: 10, padding: false, layout: u16 },
  ],
};

/** struct port_key (bpf/abi/port.h) */
export interface PortKey {
  readonly ifindex: number;
}
export const portKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'port_key',
  size: 4,
  members: [{ name: 'ifindex', cName: 'ifindex', offset: 0, padding: false, layout: u32 }],
};

/** struct port (bpf/abi/port.h) */
export interface Port {
  /** VXLAN network identifier, 24 bits */
  readonly segment: number;
  /** number of the pod on this node; all its addresses share it */
  readonly podSlot: number;
  /** the pod's own MAC */
  readonly mac: Mac;
  /** enum port_flag */
  readonly flags: number;
}
export const portLayout: StructLayout = {
  kind: 'struct',
  name: 'port',
  size: 16,
  members: [
    { name: 'segment', cName: 'segment', offset: 0, padding: false, layout: u32 },
    { name: 'podSlot', cName: 'pod_slot', offset: 4, padding: false, layout: u32 },
    { name: 'mac', cName: 'mac', offset: 8, padding: false, layout: macLayout },
    { name: 'flags', cName: 'flags', offset: 14, padding: false, layout: u16 },
  ],
};

/** struct route_key (bpf/abi/route.h) */
export interface RouteKey {
  /** 32 (segment) + 0..128; an IPv4 prefix counts 96 more */
  readonly prefixBits: number;
  /** VXLAN network identifier; LPM compares bits in wire order */
  readonly segment: number;
  readonly addr: Addr;
}
export const routeKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'route_key',
  size: 24,
  members: [
    { name: 'prefixBits', cName: 'prefix_bits', offset: 0, padding: false, layout: u32 },
    { name: 'segment', cName: 'segment', offset: 4, padding: false, layout: be32 },
    { name: 'addr', cName: 'addr', offset: 8, padding: false, layout: addrLayout },
  ],
};

/** struct route (bpf/abi/route.h) */
export interface Route {
  /** enum route_kind */
  readonly kind: number;
  /** enum route_flag */
  readonly flags: number;
  /** largest IP packet that fits, inner headers included; bytes */
  readonly mtu: number;
  /** owner, as in hd_node */
  readonly nodeId: number;
  /** the owner's underlay address, its key in hd_node; direct too */
  readonly tunnel: Addr;
  /** overlay: this node's underlay address towards it, same family */
  readonly source: Addr;
  /** underlay neighbour on a connected subnet; zero: ask the FIB */
  readonly nextHop: Addr;
  /** overlay: the owner's overlay device, inner destination MAC */
  readonly vtepMac: Mac;
}
export const routeLayout: StructLayout = {
  kind: 'struct',
  name: 'route',
  size: 64,
  members: [
    { name: 'kind', cName: 'kind', offset: 0, padding: false, layout: u8 },
    { name: 'flags', cName: 'flags', offset: 1, padding: false, layout: u8 },
    { name: 'mtu', cName: 'mtu', offset: 2, padding: false, layout: u16 },
    { name: 'nodeId', cName: 'node_id', offset: 4, padding: false, layout: u32 },
    { name: 'tunnel', cName: 'tunnel', offset: 8, padding: false, layout: addrLayout },
    { name: 'source', cName: 'source', offset: 24, padding: false, layout: addrLayout },
    { name: 'nextHop', cName: 'next_hop', offset: 40, padding: false, layout: addrLayout },
    { name: 'vtepMac', cName: 'vtep_mac', offset: 56, padding: false, layout: macLayout },
    {
      name: 'pad',
      cName: 'pad',
      offset: 62,
      padding: true,
      layout: { kind: 'array', name: '', size: 2, length: 2, element: u8 },
    },
  ],
};

/** Every map of ours, as the objects declare it. */
export const MAPS = {
  hd_conntrack: {
    name: 'hd_conntrack',
    kind: 'stateful',
    typeName: 'LRU_HASH',
    type: 9,
    keySize: 48,
    valueSize: 32,
    maxEntries: 65536,
    flags: 0,
    key: flowLayout,
    value: conntrackLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_endpoint: {
    name: 'hd_endpoint',
    kind: 'rebuildable',
    typeName: 'HASH',
    type: 1,
    keySize: 24,
    valueSize: 28,
    maxEntries: 262144,
    flags: 1,
    key: endpointKeyLayout,
    value: endpointLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_frag: {
    name: 'hd_frag',
    kind: 'rebuildable',
    typeName: 'LRU_HASH',
    type: 9,
    keySize: 48,
    valueSize: 16,
    maxEntries: 8192,
    flags: 0,
    key: fragmentKeyLayout,
    value: fragmentPortsLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_metrics: {
    name: 'hd_metrics',
    kind: 'counting',
    typeName: 'PERCPU_ARRAY',
    type: 6,
    keySize: 4,
    valueSize: 16,
    maxEntries: 294,
    flags: 0,
    key: u32,
    value: metricsLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_node: {
    name: 'hd_node',
    kind: 'rebuildable',
    typeName: 'HASH',
    type: 1,
    keySize: 16,
    valueSize: 12,
    maxEntries: 16384,
    flags: 1,
    key: nodeKeyLayout,
    value: nodeLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_port: {
    name: 'hd_port',
    kind: 'rebuildable',
    typeName: 'HASH',
    type: 1,
    keySize: 4,
    valueSize: 16,
    maxEntries: 4096,
    flags: 1,
    key: portKeyLayout,
    value: portLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_route: {
    name: 'hd_route',
    kind: 'rebuildable',
    typeName: 'LPM_TRIE',
    type: 11,
    keySize: 24,
    valueSize: 64,
    maxEntries: 65536,
    flags: 1,
    key: routeKeyLayout,
    value: routeLayout,
    inner: undefined,
    doc: undefined,
  },
} as const satisfies Record<string, AbiMap>;
export type MapName = keyof typeof MAPS;
/** What a map's codecs read and write; per-CPU values have one element for each possible CPU. */
export interface MapRows {
  hd_conntrack: { key: Flow; value: Conntrack };
  hd_endpoint: { key: EndpointKey; value: Endpoint };
  hd_frag: { key: FragmentKey; value: FragmentPorts };
  hd_metrics: { key: number; value: Metrics[] };
  hd_node: { key: NodeKey; value: Node };
  hd_port: { key: PortKey; value: Port };
  hd_route: { key: RouteKey; value: Route };
}

/** Node-wide settings, constants for the programs once they are loaded. */
export interface NodeConfig {
  /** 1 if the kernel has BPF_F_ADJ_ROOM_DECAP_L3_* (6.3) */
  readonly decapL3Flags: number;
  /** 1 if the forward program is attached: it, not pod_rx and overlay_tx, notes host-path flows */
  readonly forwardHook: number;
  /** MAC of every pod's gateway: all host-side veths share it */
  readonly gatewayMac: Mac;
  /** This node's own number in hd_node */
  readonly nodeId: number;
  /** Of the object file: tells a running program from a newer one */
  readonly objectHash: bigint;
  /** The overlay device, heddle0 */
  readonly overlayIfindex: number;
  /** MAC of the overlay device: source of inner Ethernet headers */
  readonly overlayMac: Mac;
  /** VXLAN network identifier of the cluster's one segment, 24 bits */
  readonly segment: number;
  /** Highest outer UDP source port, host byte order */
  readonly sourcePortMax: number;
  /** Lowest outer UDP source port, host byte order */
  readonly sourcePortMin: number;
  /** TTL or hop limit of outer headers */
  readonly tunnelTtl: number;
  /** Device that carries the underlay */
  readonly uplinkIfindex: number;
  /** UDP port of the overlay, host byte order */
  readonly vxlanPort: number;
}
export const CONFIG_VARIABLES: Readonly<Record<keyof NodeConfig, ConfigVariable>> = {
  decapL3Flags: {
    cName: 'decap_l3_flags',
    layout: u8,
    doc: '1 if the kernel has BPF_F_ADJ_ROOM_DECAP_L3_* (6.3)',
  },
  forwardHook: {
    cName: 'forward_hook',
    layout: u8,
    doc: '1 if the forward program is attached: it, not pod_rx and overlay_tx, notes host-path flows',
  },
  gatewayMac: {
    cName: 'gateway_mac',
    layout: macLayout,
    doc: "MAC of every pod's gateway: all host-side veths share it",
  },
  nodeId: { cName: 'node_id', layout: u32, doc: "This node's own number in hd_node" },
  objectHash: {
    cName: 'object_hash',
    layout: u64,
    doc: 'Of the object file: tells a running program from a newer one',
  },
  overlayIfindex: { cName: 'overlay_ifindex', layout: u32, doc: 'The overlay device, heddle0' },
  overlayMac: {
    cName: 'overlay_mac',
    layout: macLayout,
    doc: 'MAC of the overlay device: source of inner Ethernet headers',
  },
  segment: {
    cName: 'segment',
    layout: u32,
    doc: "VXLAN network identifier of the cluster's one segment, 24 bits",
  },
  sourcePortMax: {
    cName: 'source_port_max',
    layout: u16,
    doc: 'Highest outer UDP source port, host byte order',
  },
  sourcePortMin: {
    cName: 'source_port_min',
    layout: u16,
    doc: 'Lowest outer UDP source port, host byte order',
  },
  tunnelTtl: { cName: 'tunnel_ttl', layout: u8, doc: 'TTL or hop limit of outer headers' },
  uplinkIfindex: { cName: 'uplink_ifindex', layout: u32, doc: 'Device that carries the underlay' },
  vxlanPort: { cName: 'vxlan_port', layout: u16, doc: 'UDP port of the overlay, host byte order' },
};
