// Generated from the BTF of build/bpf/*.bpf.o by scripts/gen-abi.ts; `make gen` writes it anew.
import type { Addr, Mac } from 'ip';
import type { IntLayout, StructLayout } from 'libbpf-ts';
import type { AbiMap, ConfigVariable } from './declarations.ts';

/** enum ct_flag (bpf/abi/conntrack.h) */
export const CtFlag = {
  VIA_STACK_ORIG: 1,
  TUNNEL: 2,
  ORIG_IS_KEY_DST: 4,
  SEEN_REPLY: 8,
  FIN_ORIGINATOR: 16,
  FIN_RESPONDER: 32,
  RESET_ORIGINATOR: 64,
  MIDSTREAM: 128,
  FROM_NODE: 256,
  VIA_STACK_REPLY: 512,
  ASSURED: 1024,
  RESET_RESPONDER: 2048,
  MOVING: 4096,
  CLASHES: 8192,
  CLASH: 16384,
  CLASH_INSERTED: 32768,
  SERVICE: 65536,
  TRANSLATED: 131072,
} as const;
export type CtFlag = (typeof CtFlag)[keyof typeof CtFlag];
export const ctFlagTexts: Readonly<Record<keyof typeof CtFlag, string>> = {
  VIA_STACK_ORIG:
    "Packets from the key's source go through the host stack: netfilter may have translated what they answer. ORIG and REPLY are directions of the key here: from its source, from its destination.",
  TUNNEL: "Arrived through a node's tunnel from an address of that node: replies go back into the tunnel.",
  ORIG_IS_KEY_DST: "The key's destination opened the flow, not its source.",
  SEEN_REPLY: 'the responder has sent a packet',
  FIN_ORIGINATOR: 'TCP FIN; SCTP SHUTDOWN',
  FIN_RESPONDER: 'TCP FIN; SCTP SHUTDOWN ACK',
  RESET_ORIGINATOR: 'TCP RST, SCTP ABORT of the end that opened the flow; its later data take it back.',
  MIDSTREAM:
    'Created by a packet that opens no connection, so the originator is unknown, and policy must admit both directions.',
  FROM_NODE: 'The originator is this node: policy never refuses a node to its own pods.',
  VIA_STACK_REPLY: "As CT_VIA_STACK_ORIG, for packets from the key's destination.",
  ASSURED:
    "Both ends take part: the originator acknowledged the SYN-ACK's own sequence number, or several packets went each way. Belongs into hd_ct; while that is full the flow stays evictable, and the move is tried again.",
  RESET_RESPONDER: 'as CT_RESET_ORIGINATOR',
  MOVING: 'In hd_ct_unassured: the entry is being copied to hd_ct; flags go to both.',
  CLASHES:
    "A redirected flow, unknown to netfilter, with whose tuple a DNATed flow clashes: packets of the other flow have the same tuple in netfilter's FORWARD.",
  CLASH:
    "The DNATed flow of such a clash: its next packet inserts the other flow into netfilter's conntrack.",
  CLASH_INSERTED: 'done',
  SERVICE:
    "The key's tuple is a client's and a Service's: its packets go to `backend`, as packets of another flow. Only packets of the client have this tuple.",
  TRANSLATED: 'That other flow, of the client and the backend: answers get `frontend` as their source.',
};

/** enum endpoint_kind (bpf/abi/endpoint.h) */
export const EndpointKind = {
  LOCAL_POD: 1,
  LOCAL_HOST: 2,
  REMOTE_POD: 3,
  REMOTE_NODE: 4,
  SERVICE: 5,
} as const;
export type EndpointKind = (typeof EndpointKind)[keyof typeof EndpointKind];
export const endpointKindTexts: Readonly<Record<keyof typeof EndpointKind, string>> = {
  LOCAL_POD: 'behind ifindex, with that mac',
  LOCAL_HOST: 'an address of this node',
  REMOTE_POD: 'on node_id',
  REMOTE_NODE: 'an address of node_id itself',
  SERVICE: 'of Services, nothing else: hd_service has their ports',
};

/** enum event_kind (bpf/abi/event.h) */
export const EventKind = {
  DROP: 0,
  FLOW: 1,
  TRACE: 2,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];
export const eventKindTexts: Readonly<Record<keyof typeof EventKind, string>> = {
  DROP: 'a packet ended here',
  FLOW: 'a flow was created',
  TRACE: 'a stage of the traced packet; emitted whatever hd_control says',
};

/** enum event_stage (bpf/abi/event.h) */
export const EventStage = {
  STAGE_VERDICT: 0,
  STAGE_CONNTRACK: 1,
  STAGE_EGRESS: 2,
  STAGE_INGRESS: 3,
} as const;
export type EventStage = (typeof EventStage)[keyof typeof EventStage];
export const eventStageTexts: Readonly<Record<keyof typeof EventStage, string>> = {
  STAGE_VERDICT: "the hook's verdict",
  STAGE_CONNTRACK: 'value: enum ct_flag of the entry found; 0: a new flow',
  STAGE_EGRESS: '',
  STAGE_INGRESS: '',
};

/** enum flow_epoch_row (bpf/abi/flow_cache.h) */
export const FlowEpochRow = {
  EPOCH_TABLES: 0,
  EPOCH_FLOWS: 1,
  EPOCH_BUCKETS: 16384,
  EPOCH_ROWS: 16385,
} as const;
export type FlowEpochRow = (typeof FlowEpochRow)[keyof typeof FlowEpochRow];
export const flowEpochRowTexts: Readonly<Record<keyof typeof FlowEpochRow, string>> = {
  EPOCH_TABLES:
    'Changed by the daemon after it has written rows of interfaces, endpoints, routes, nodes or flows.',
  EPOCH_FLOWS:
    "The first of FLOW_EPOCH_BUCKETS; a flow's ends choose one. Raised by a program after it changed what the flow's entry decides.",
  EPOCH_BUCKETS: '',
  EPOCH_ROWS: '',
};

/** enum fragment_to_stack (bpf/abi/fragment.h) */
export const FragmentToStack = {
  BY_FLOW: 0,
  TOO_BIG: 1,
  OVERTAKEN: 2,
} as const;
export type FragmentToStack = (typeof FragmentToStack)[keyof typeof FragmentToStack];
export const fragmentToStackTexts: Readonly<Record<keyof typeof FragmentToStack, string>> = {
  BY_FLOW: 'each fragment is forwarded as its flow',
  TOO_BIG: 'the first one did not fit its path',
  OVERTAKEN: 'another fragment, without ports, came first',
};

/** enum iface_kind (bpf/abi/iface.h) */
export const IfaceKind = {
  POD: 1,
  UPLINK: 2,
} as const;
export type IfaceKind = (typeof IfaceKind)[keyof typeof IfaceKind];
export const ifaceKindTexts: Readonly<Record<keyof typeof IfaceKind, string>> = {
  POD: "a pod's host-side veth",
  UPLINK: 'carries the underlay: tunnels, and direct routes in both directions',
};

/** enum iface_flag (bpf/abi/iface.h) */
export const IfaceFlag = {
  SLOW_PATH: 1,
  GUARDED: 2,
} as const;
export type IfaceFlag = (typeof IfaceFlag)[keyof typeof IfaceFlag];
export const ifaceFlagTexts: Readonly<Record<keyof typeof IfaceFlag, string>> = {
  SLOW_PATH: "A foreign qdisc or filter stands on the device: packets go through the host's stack.",
  GUARDED: 'Of an uplink: uplink_tx is attached, and checks what leaves.',
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

/** enum policy_id (bpf/abi/policy.h) */
export const PolicyId = {
  ABSENT: 0,
  OPEN: 1,
} as const;
export type PolicyId = (typeof PolicyId)[keyof typeof PolicyId];
export const policyIdTexts: Readonly<Record<keyof typeof PolicyId, string>> = {
  ABSENT: 'not active yet: nothing passes',
  OPEN: 'nothing selects the pod in this direction: everything passes',
};

/** enum policy_action (bpf/abi/policy.h) */
export const PolicyAction = {
  ALLOW: 1,
  DENY: 2,
} as const;
export type PolicyAction = (typeof PolicyAction)[keyof typeof PolicyAction];

/** enum rule_flag (bpf/abi/policy.h) */
export const RuleFlag = {
  EVERY_POD: 1,
  CLUSTER_POLICY: 2,
} as const;
export type RuleFlag = (typeof RuleFlag)[keyof typeof RuleFlag];
export const ruleFlagTexts: Readonly<Record<keyof typeof RuleFlag, string>> = {
  EVERY_POD: 'An Admin-tier Deny that holds for every pod: uplink_xdp may act on it.',
  CLUSTER_POLICY: "A ClusterNetworkPolicy's, not a NetworkPolicy's or the default.",
};

/** enum rule_kind (bpf/abi/policy.h) */
export const RuleKind = {
  LISTED: 1,
  ISOLATED: 2,
  DEFAULT_ACCEPT: 3,
} as const;
export type RuleKind = (typeof RuleKind)[keyof typeof RuleKind];
export const ruleKindTexts: Readonly<Record<keyof typeof RuleKind, string>> = {
  LISTED: "one of the policy's own rules",
  ISOLATED: 'no rule matched, and this NetworkPolicy isolates the pod',
  DEFAULT_ACCEPT: 'no rule matched, and no NetworkPolicy isolates the pod',
};

/** enum policy_direction (bpf/abi/policy.h) */
export const PolicyDirection = {
  EGRESS: 1,
  INGRESS: 2,
} as const;
export type PolicyDirection = (typeof PolicyDirection)[keyof typeof PolicyDirection];

/** enum policy_kind (bpf/abi/policy.h) */
export const PolicyKind = {
  KIND_NETWORK: 1,
  KIND_CLUSTER: 2,
} as const;
export type PolicyKind = (typeof PolicyKind)[keyof typeof PolicyKind];
export const policyKindTexts: Readonly<Record<keyof typeof PolicyKind, string>> = {
  KIND_NETWORK: 'networking.k8s.io/v1 NetworkPolicy',
  KIND_CLUSTER: 'policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy',
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
  REPLY_ONLY: 1,
} as const;
export type RouteFlag = (typeof RouteFlag)[keyof typeof RouteFlag];
export const routeFlagTexts: Readonly<Record<keyof typeof RouteFlag, string>> = {
  REPLY_ONLY:
    "A node's own address outside its pod CIDRs: a valid source inside its tunnel, and a destination only for answers to flows that its tunnel brought.",
};

/** enum backend_condition (bpf/abi/service.h) */
export const BackendCondition = {
  READY: 1,
  DRAINING: 2,
} as const;
export type BackendCondition = (typeof BackendCondition)[keyof typeof BackendCondition];
export const backendConditionTexts: Readonly<Record<keyof typeof BackendCondition, string>> = {
  READY: 'takes new flows',
  DRAINING: 'Terminates, or is not ready: connections that it has answered stay, datagrams go elsewhere.',
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
  INPUT: 7,
  POSTROUTING: 8,
  UPLINK_TX: 9,
} as const;
export type Hook = (typeof Hook)[keyof typeof Hook];
export const HOOK_MAX = 10;

/** enum verdict (bpf/abi/verdict.h) */
export const Verdict = {
  VERDICT_NEXT: 0,
  REDIRECT_POD: 1,
  REDIRECT_HOST: 2,
  REDIRECT_OVERLAY: 3,
  REDIRECT_KERNEL: 4,
  REDIRECT_DIRECT: 5,
  ANSWER_ARP: 6,
  ANSWER_ND: 7,
  ANSWER_SERVICE_EMPTY: 8,
  ANSWER_SERVICE_PORT: 9,
  PASS_UNMANAGED: 10,
  PASS_HOST: 11,
  PASS_POD: 12,
  PASS_TTL: 13,
  PASS_UNREACHABLE: 14,
  PASS_TOO_BIG: 15,
  PASS_FRAGMENT: 16,
  PASS_HOST_PATH: 17,
  PASS_SLOW_PATH: 18,
  PASS_VALIDATED_EARLIER: 19,
  PASS_VALIDATED_TUNNEL: 20,
  DROP_MALFORMED: 21,
  DROP_ETHERTYPE: 22,
  DROP_EXTENSION: 23,
  DROP_IFACE_UNKNOWN: 24,
  DROP_SOURCE_MAC: 25,
  DROP_SOURCE_ADDRESS: 26,
  DROP_DESTINATION_MAC: 27,
  DROP_DESTINATION_ADDRESS: 28,
  DROP_ARP_SPOOF: 29,
  DROP_ND_SPOOF: 30,
  DROP_NEIGHBOUR: 31,
  DROP_MULTICAST: 32,
  DROP_POD_TUNNEL: 33,
  DROP_TUNNEL_MALFORMED: 34,
  DROP_TUNNEL_SOURCE: 35,
  DROP_TUNNEL_VNI: 36,
  DROP_TUNNEL_INNER_SOURCE: 37,
  DROP_TUNNEL_DESTINATION: 38,
  DROP_TUNNEL_ECN: 39,
  DROP_NATIVE_SOURCE: 40,
  DROP_NATIVE_DEVICE: 41,
  DROP_NATIVE_MAC: 42,
  DROP_ROUTE_MISSING: 43,
  DROP_ENCAP: 44,
  DROP_DECAP: 45,
  DROP_POLICY_EGRESS: 46,
  DROP_POLICY_INGRESS: 47,
  DROP_POLICY_ABSENT: 48,
  DROP_FRAGMENT: 49,
  DROP_CONNTRACK_FULL: 50,
  DROP_TUPLE_TAKEN: 51,
  DROP_FRAGMENT_TINY: 52,
  DROP_SERVICE: 53,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];
export const VERDICT_MAX = 54;
export const verdictTexts: Readonly<Record<keyof typeof Verdict, string>> = {
  VERDICT_NEXT: 'The next stage decides. Never final.',
  REDIRECT_POD: "into a local pod, past the host's stack",
  REDIRECT_HOST: 'to this node itself, through the overlay device',
  REDIRECT_OVERLAY: 'encapsulated here, sent out of the uplink',
  REDIRECT_KERNEL: "through the kernel's vxlan: BPF cannot encapsulate it",
  REDIRECT_DIRECT: "unencapsulated to its node, past the host's stack",
  ANSWER_ARP: "a pod's ARP request, answered in place",
  ANSWER_ND: "a pod's neighbour solicitation, answered in place",
  ANSWER_SERVICE_EMPTY: 'a Service without a backend: ICMP port unreachable, in place',
  ANSWER_SERVICE_PORT: 'a port that no Service has at its address: the same',
  PASS_UNMANAGED: "left to the host's stack: not Heddle's, or admitted by forward",
  PASS_HOST: "a pod's packet to this node or to the outside world",
  PASS_POD: "from the host's stack to a local pod",
  PASS_TTL: "expired: the host's stack answers as a router",
  PASS_UNREACHABLE: "an unassigned address of this node's pod CIDR: the host's stack answers",
  PASS_TOO_BIG: "does not fit its path: the host's stack answers or fragments",
  PASS_FRAGMENT: "its datagram's first fragment was overtaken: the stack reassembles it",
  PASS_HOST_PATH: 'belongs to a flow that netfilter translated',
  PASS_SLOW_PATH: "a foreign qdisc or filter is attached to the pod's device",
  PASS_VALIDATED_EARLIER: 'validated by an earlier hook',
  PASS_VALIDATED_TUNNEL: 'admitted tunnel packet: decapsulated later, or by the kernel',
  DROP_MALFORMED: 'headers cut short or inconsistent',
  DROP_ETHERTYPE: 'neither IP nor ARP, or in a VLAN, from or to a pod',
  DROP_EXTENSION: 'more IPv6 extension headers than are parsed',
  DROP_IFACE_UNKNOWN: 'the device belongs to no registered pod',
  DROP_SOURCE_MAC: 'a pod sent from a MAC that is not its own',
  DROP_SOURCE_ADDRESS: 'a pod sent from an address that is not its own',
  DROP_DESTINATION_MAC: "a pod sent to a MAC that is not its gateway's",
  DROP_DESTINATION_ADDRESS: 'loopback or unspecified: no address to send to',
  DROP_ARP_SPOOF: 'a pod claimed an address by ARP that is not its own',
  DROP_ND_SPOOF: 'a pod claimed an address by ND, or sent RA or redirect',
  DROP_NEIGHBOUR: "a pod's DAD, MLD and other link-local messages: not forwarded",
  DROP_MULTICAST: 'multicast or broadcast: not carried',
  DROP_POD_TUNNEL: 'VXLAN on our port from a pod, or towards a node by DNAT',
  DROP_TUNNEL_MALFORMED: 'VXLAN header or inner frame is not what RFC 7348 says',
  DROP_TUNNEL_SOURCE: 'outer source is no known node',
  DROP_TUNNEL_VNI: 'the VNI is not ours',
  DROP_TUNNEL_INNER_SOURCE: 'inner source does not belong to the sending node',
  DROP_TUNNEL_DESTINATION: 'inner destination is neither a local pod nor this node',
  DROP_TUNNEL_ECN: 'outer CE, inner Not-ECT (RFC 6040)',
  DROP_NATIVE_SOURCE: 'plain packet with a source that may only come encapsulated',
  DROP_NATIVE_DEVICE: 'plain packet of a direct route, on another device',
  DROP_NATIVE_MAC: "plain packet of a direct route, not from its owner's MAC",
  DROP_ROUTE_MISSING: "the host's stack sent to the overlay what no route covers",
  DROP_ENCAP: 'no room or no address of this node for the outer headers',
  DROP_DECAP: 'the kernel refused to remove the outer headers',
  DROP_POLICY_EGRESS: 'policy does not let this pod send that',
  DROP_POLICY_INGRESS: 'policy does not let this pod receive that',
  DROP_POLICY_ABSENT: 'no policy is active for the pod yet',
  DROP_FRAGMENT: 'a later fragment without its first one, and nothing reassembles them',
  DROP_CONNTRACK_FULL: 'hd_ct_unassured refused a new flow',
  DROP_TUPLE_TAKEN: "DNAT led to another flow's tuple; the retry gets another port",
  DROP_FRAGMENT_TINY: "a fragment that leaves out, or overwrites, TCP's flags (RFC 1858)",
  DROP_SERVICE: "to a Service's address, but nothing that a Service has ports for",
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
const u32: IntLayout = {
  kind: 'int',
  name: '__u32',
  size: 4,
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

/** struct affinity_key (bpf/abi/service.h) */
export interface AffinityKey {
  /** of the client */
  readonly addr: Addr;
  readonly serviceId: number;
  readonly vni: number;
}
export const affinityKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'affinity_key',
  size: 24,
  members: [
    { name: 'addr', cName: 'addr', offset: 0, padding: false, layout: addrLayout },
    { name: 'serviceId', cName: 'service_id', offset: 16, padding: false, layout: u32 },
    { name: 'vni', cName: 'vni', offset: 20, padding: false, layout: u32 },
  ],
};

/** struct affinity (bpf/abi/service.h) */
export interface Affinity {
  /** CLOCK_MONOTONIC of the client's last new flow */
  readonly seenNs: bigint;
  readonly addr: Addr;
  readonly port: number;
}
export const affinityLayout: StructLayout = {
  kind: 'struct',
  name: 'affinity',
  size: 32,
  members: [
    { name: 'seenNs', cName: 'seen_ns', offset: 0, padding: false, layout: u64 },
    { name: 'addr', cName: 'addr', offset: 8, padding: false, layout: addrLayout },
    { name: 'port', cName: 'port', offset: 24, padding: false, layout: be16 },
    {
      name: 'pad',
      cName: 'pad',
      offset: 26,
      padding: true,
      layout: { kind: 'array', name: '', size: 6, length: 6, element: u8 },
    },
  ],
};

/** struct backend_key (bpf/abi/service.h) */
export interface BackendKey {
  readonly backendSet: number;
  readonly slot: number;
}
export const backendKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'backend_key',
  size: 8,
  members: [
    { name: 'backendSet', cName: 'backend_set', offset: 0, padding: false, layout: u32 },
    { name: 'slot', cName: 'slot', offset: 4, padding: false, layout: u32 },
  ],
};

/** struct backend (bpf/abi/service.h) */
export interface Backend {
  readonly addr: Addr;
  readonly port: number;
}
export const backendLayout: StructLayout = {
  kind: 'struct',
  name: 'backend',
  size: 24,
  members: [
    { name: 'addr', cName: 'addr', offset: 0, padding: false, layout: addrLayout },
    { name: 'port', cName: 'port', offset: 16, padding: false, layout: be16 },
    {
      name: 'pad',
      cName: 'pad',
      offset: 18,
      padding: true,
      layout: { kind: 'array', name: '', size: 6, length: 6, element: u8 },
    },
  ],
};

/** struct backend_info_key (bpf/abi/service.h) */
export interface BackendInfoKey {
  readonly serviceId: number;
  readonly port: number;
  readonly addr: Addr;
}
export const backendInfoKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'backend_info_key',
  size: 24,
  members: [
    { name: 'serviceId', cName: 'service_id', offset: 0, padding: false, layout: u32 },
    { name: 'port', cName: 'port', offset: 4, padding: false, layout: be16 },
    {
      name: 'pad',
      cName: 'pad',
      offset: 6,
      padding: true,
      layout: { kind: 'array', name: '', size: 2, length: 2, element: u8 },
    },
    { name: 'addr', cName: 'addr', offset: 8, padding: false, layout: addrLayout },
  ],
};

/** struct backend_info (bpf/abi/service.h) */
export interface BackendInfo {
  /** enum backend_condition */
  readonly condition: number;
}
export const backendInfoLayout: StructLayout = {
  kind: 'struct',
  name: 'backend_info',
  size: 4,
  members: [{ name: 'condition', cName: 'condition', offset: 0, padding: false, layout: u32 }],
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

/** struct cached_flow (bpf/abi/flow_cache.h) */
export interface CachedFlow {
  /** The row's own key, again, the rest 0: the kernel reuses a row's memory at once, so who has read one looks whether it was still the flow's afterwards. */
  readonly key: readonly bigint[];
  /** What a packet that takes the long way writes in place, where all behind it is as it was: in the row of another flow, whose memory it may have become, it does little harm. CLOCK_MONOTONIC: then a packet renews the time of the flow's entry. */
  readonly validUntilNs: bigint;
  /** TCP, host byte order: what the entry says that the sender last sent; see struct ct_end. */
  readonly sequence: number;
  readonly acknowledged: number;
  /** of policy */
  readonly generation: number;
  readonly tablesEpoch: number;
  readonly flowEpoch: number;
  /** the pod's device, or the uplink that it leaves by */
  readonly ifindex: number;
  /** To another node: the next hop, as in struct route. From one: the outer source. */
  readonly neighbour: Addr;
  /** As it comes; not checked behind a tunnel's headers. */
  readonly destinationMac: Mac;
  readonly sourceMac: Mac;
  /** REDIRECT_POD: as it goes on */
  readonly podMac: Mac;
  /** of the path, as in struct route; REDIRECT_POD: 0 */
  readonly mtu: number;
  /** enum verdict: REDIRECT_POD, _OVERLAY, _DIRECT */
  readonly verdict: number;
  /** REDIRECT_OVERLAY */
  readonly headersLength: number;
  /** REDIRECT_OVERLAY: outer IP, UDP, VXLAN and inner Ethernet, complete but for lengths, DSCP, ECN and identification; IPv4's check is of the rest. */
  readonly headers: Uint8Array;
}
export const cachedFlowLayout: StructLayout = {
  kind: 'struct',
  name: 'cached_flow',
  size: 192,
  members: [
    {
      name: 'key',
      cName: 'key',
      offset: 0,
      padding: false,
      layout: { kind: 'array', name: '', size: 48, length: 6, element: u64 },
    },
    { name: 'validUntilNs', cName: 'valid_until_ns', offset: 48, padding: false, layout: u64 },
    { name: 'sequence', cName: 'sequence', offset: 56, padding: false, layout: u32 },
    { name: 'acknowledged', cName: 'acknowledged', offset: 60, padding: false, layout: u32 },
    { name: 'generation', cName: 'generation', offset: 64, padding: false, layout: u32 },
    { name: 'tablesEpoch', cName: 'tables_epoch', offset: 68, padding: false, layout: u32 },
    { name: 'flowEpoch', cName: 'flow_epoch', offset: 72, padding: false, layout: u32 },
    { name: 'ifindex', cName: 'ifindex', offset: 76, padding: false, layout: u32 },
    { name: 'neighbour', cName: 'neighbour', offset: 80, padding: false, layout: addrLayout },
    { name: 'destinationMac', cName: 'destination_mac', offset: 96, padding: false, layout: macLayout },
    { name: 'sourceMac', cName: 'source_mac', offset: 102, padding: false, layout: macLayout },
    { name: 'podMac', cName: 'pod_mac', offset: 108, padding: false, layout: macLayout },
    { name: 'mtu', cName: 'mtu', offset: 114, padding: false, layout: u16 },
    { name: 'verdict', cName: 'verdict', offset: 116, padding: false, layout: u8 },
    { name: 'headersLength', cName: 'headers_length', offset: 117, padding: false, layout: u8 },
    {
      name: 'pad',
      cName: 'pad',
      offset: 118,
      padding: true,
      layout: { kind: 'array', name: '', size: 2, length: 2, element: u8 },
    },
    {
      name: 'headers',
      cName: 'headers',
      offset: 120,
      padding: false,
      layout: { kind: 'array', name: '', size: 72, length: 72, element: u8 },
    },
  ],
};

/** struct cache_key_ipv4 (bpf/abi/flow_cache.h) */
export interface CacheKeyIpv4 {
  /** of the hook's device: a pod's, or an uplink */
  readonly ifindex: number;
  /** of the tunnel that it came by; NO_VNI: by none */
  readonly vni: number;
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** IPPROTO_TCP or _UDP */
  readonly protocol: number;
}
export const cacheKeyIpv4Layout: StructLayout = {
  kind: 'struct',
  name: 'cache_key_ipv4',
  size: 24,
  members: [
    { name: 'ifindex', cName: 'ifindex', offset: 0, padding: false, layout: u32 },
    { name: 'vni', cName: 'vni', offset: 4, padding: false, layout: u32 },
    { name: 'source', cName: 'source', offset: 8, padding: false, layout: be32 },
    { name: 'destination', cName: 'destination', offset: 12, padding: false, layout: be32 },
    { name: 'sourcePort', cName: 'source_port', offset: 16, padding: false, layout: be16 },
    { name: 'destinationPort', cName: 'destination_port', offset: 18, padding: false, layout: be16 },
    { name: 'protocol', cName: 'protocol', offset: 20, padding: false, layout: u8 },
    {
      name: 'pad',
      cName: 'pad',
      offset: 21,
      padding: true,
      layout: { kind: 'array', name: '', size: 3, length: 3, element: u8 },
    },
  ],
};

/** struct cache_key_ipv6 (bpf/abi/flow_cache.h) */
export interface CacheKeyIpv6 {
  readonly ifindex: number;
  readonly vni: number;
  readonly source: Addr;
  readonly destination: Addr;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
}
export const cacheKeyIpv6Layout: StructLayout = {
  kind: 'struct',
  name: 'cache_key_ipv6',
  size: 48,
  members: [
    { name: 'ifindex', cName: 'ifindex', offset: 0, padding: false, layout: u32 },
    { name: 'vni', cName: 'vni', offset: 4, padding: false, layout: u32 },
    { name: 'source', cName: 'source', offset: 8, padding: false, layout: addrLayout },
    { name: 'destination', cName: 'destination', offset: 24, padding: false, layout: addrLayout },
    { name: 'sourcePort', cName: 'source_port', offset: 40, padding: false, layout: be16 },
    { name: 'destinationPort', cName: 'destination_port', offset: 42, padding: false, layout: be16 },
    { name: 'protocol', cName: 'protocol', offset: 44, padding: false, layout: u8 },
    {
      name: 'pad',
      cName: 'pad',
      offset: 45,
      padding: true,
      layout: { kind: 'array', name: '', size: 3, length: 3, element: u8 },
    },
  ],
};

/** struct cidr_key (bpf/abi/policy.h) */
export interface CidrKey {
  /** 32 (VNI) + 0..128; an IPv4 prefix counts 96 more */
  readonly prefixBits: number;
  /** VXLAN network identifier; LPM compares bits in wire order */
  readonly vni: number;
  readonly addr: Addr;
}
export const cidrKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'cidr_key',
  size: 24,
  members: [
    { name: 'prefixBits', cName: 'prefix_bits', offset: 0, padding: false, layout: u32 },
    { name: 'vni', cName: 'vni', offset: 4, padding: false, layout: be32 },
    { name: 'addr', cName: 'addr', offset: 8, padding: false, layout: addrLayout },
  ],
};

/** struct cidr (bpf/abi/policy.h) */
export interface Cidr {
  readonly identity: readonly number[];
}
export const cidrLayout: StructLayout = {
  kind: 'struct',
  name: 'cidr',
  size: 8,
  members: [
    {
      name: 'identity',
      cName: 'identity',
      offset: 0,
      padding: false,
      layout: { kind: 'array', name: '', size: 8, length: 2, element: u32 },
    },
  ],
};

/** struct control (bpf/abi/control.h) */
export interface Control {
  /** of policy; its lowest bit selects the active bank */
  readonly generation: bigint;
  /** bit n: events of enum event_kind n are emitted to hd_event */
  readonly events: bigint;
  /** tcp_events the packet of heddlectl trace; zero: none is under way */
  readonly nonce: readonly bigint[];
  /** Where other nodes send tunnel packets to; zero: nowhere. Rows of hd_node as well, but here they cost no look-up. */
  readonly tunnelIpv4: Addr;
  readonly tunnelIpv6: Addr;
}
export const controlLayout: StructLayout = {
  kind: 'struct',
  name: 'control',
  size: 64,
  members: [
    { name: 'generation', cName: 'generation', offset: 0, padding: false, layout: u64 },
    { name: 'events', cName: 'events', offset: 8, padding: false, layout: u64 },
    {
      name: 'nonce',
      cName: 'nonce',
      offset: 16,
      padding: false,
      layout: { kind: 'array', name: '', size: 16, length: 2, element: u64 },
    },
    { name: 'tunnelIpv4', cName: 'tunnel_ipv4', offset: 32, padding: false, layout: addrLayout },
    { name: 'tunnelIpv6', cName: 'tunnel_ipv6', offset: 48, padding: false, layout: addrLayout },
  ],
};

/** struct flow (bpf/abi/conntrack.h) */
export interface Flow {
  readonly vni: number;
  /** IPPROTO_* */
  readonly protocol: number;
  readonly source: Addr;
  readonly destination: Addr;
  readonly sourcePort: number;
  readonly destinationPort: number;
}
export const flowLayout: StructLayout = {
  kind: 'struct',
  name: 'flow',
  size: 48,
  members: [
    { name: 'vni', cName: 'vni', offset: 0, padding: false, layout: u32 },
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

/** struct ct_end (bpf/abi/conntrack.h) */
export interface CtEnd {
  /** TCP; SCTP: verification tag */
  readonly sequence: number;
  /** TCP */
  readonly acknowledged: number;
}
export const ctEndLayout: StructLayout = {
  kind: 'struct',
  name: 'ct_end',
  size: 8,
  members: [
    { name: 'sequence', cName: 'sequence', offset: 0, padding: false, layout: u32 },
    { name: 'acknowledged', cName: 'acknowledged', offset: 4, padding: false, layout: u32 },
  ],
};

/** struct ct_entry (bpf/abi/conntrack.h) */
export interface CtEntry {
  /** CLOCK_MONOTONIC of the last packet, two seconds late at most */
  readonly seenNs: bigint;
  readonly createdNs: bigint;
  /** enum ct_flag */
  readonly flags: number;
  /** with CT_TUNNEL: whose tunnel */
  readonly nodeId: number;
  /** The generation of policy that last admitted the flow at the key's source; 0: not checked here, or never admitted. */
  readonly sourceGeneration: number;
  readonly destinationGeneration: number;
  /** that admitted it, as in hd_rule; 0: nothing selects the pod */
  readonly sourceRule: number;
  readonly destinationRule: number;
  /** in hd_ct: of hd_ct_ring, that names the flow */
  readonly slot: number;
  /** TCP: acknowledges the SYN-ACK, host byte order; 0: none seen */
  readonly handshakeAck: number;
  readonly sourceEnd: CtEnd;
  readonly destinationEnd: CtEnd;
  /** with CT_CLASH and CT_SERVICE: where DNAT led */
  readonly backend: Addr;
  /** of the key's source, counted until the flow is assured */
  readonly sourcePackets: number;
  readonly destinationPackets: number;
  readonly backendPort: number;
  /** acknowledges the originator's SYN in a flow that was open; 0: none */
  readonly reopeningAck: number;
  /** with CT_TRANSLATED: what the client asked for */
  readonly frontend: Addr;
  readonly frontendPort: number;
  /** with CT_SERVICE and CT_TRANSLATED: the client's in the other flow */
  readonly translatedPort: number;
  /** with CT_SERVICE and CT_TRANSLATED */
  readonly serviceId: number;
}
export const ctEntryLayout: StructLayout = {
  kind: 'struct',
  name: 'ct_entry',
  size: 128,
  members: [
    { name: 'seenNs', cName: 'seen_ns', offset: 0, padding: false, layout: u64 },
    { name: 'createdNs', cName: 'created_ns', offset: 8, padding: false, layout: u64 },
    { name: 'flags', cName: 'flags', offset: 16, padding: false, layout: u32 },
    { name: 'nodeId', cName: 'node_id', offset: 20, padding: false, layout: u32 },
    { name: 'sourceGeneration', cName: 'source_generation', offset: 24, padding: false, layout: u32 },
    {
      name: 'destinationGeneration',
      cName: 'destination_generation',
      offset: 28,
      padding: false,
      layout: u32,
    },
    { name: 'sourceRule', cName: 'source_rule', offset: 32, padding: false, layout: u32 },
    { name: 'destinationRule', cName: 'destination_rule', offset: 36, padding: false, layout: u32 },
    { name: 'slot', cName: 'slot', offset: 40, padding: false, layout: u32 },
    { name: 'handshakeAck', cName: 'handshake_ack', offset: 44, padding: false, layout: u32 },
    { name: 'sourceEnd', cName: 'source_end', offset: 48, padding: false, layout: ctEndLayout },
    { name: 'destinationEnd', cName: 'destination_end', offset: 56, padding: false, layout: ctEndLayout },
    { name: 'backend', cName: 'backend', offset: 64, padding: false, layout: addrLayout },
    { name: 'sourcePackets', cName: 'source_packets', offset: 80, padding: false, layout: u8 },
    { name: 'destinationPackets', cName: 'destination_packets', offset: 81, padding: false, layout: u8 },
    { name: 'backendPort', cName: 'backend_port', offset: 82, padding: false, layout: be16 },
    { name: 'reopeningAck', cName: 'reopening_ack', offset: 84, padding: false, layout: u32 },
    { name: 'frontend', cName: 'frontend', offset: 88, padding: false, layout: addrLayout },
    { name: 'frontendPort', cName: 'frontend_port', offset: 104, padding: false, layout: be16 },
    { name: 'translatedPort', cName: 'translated_port', offset: 106, padding: false, layout: be16 },
    { name: 'serviceId', cName: 'service_id', offset: 108, padding: false, layout: u32 },
    {
      name: 'reserved',
      cName: 'reserved',
      offset: 112,
      padding: true,
      layout: { kind: 'array', name: '', size: 16, length: 16, element: u8 },
    },
  ],
};

/** struct bpf_timer */
export interface BpfTimer {}
export const bpfTimerLayout: StructLayout = { kind: 'struct', name: 'bpf_timer', size: 16, members: [] };

/** struct ct_aging (bpf/abi/conntrack.h) */
export interface CtAging {
  readonly timer: BpfTimer;
  /** of the timer; past: it does not run */
  readonly dueNs: bigint;
  /** when a program last gave the timer its own callback */
  readonly armedNs: bigint;
  /** of hd_ct_share's rows */
  readonly seed: bigint;
  /** assured flows left evictable: hd_ct was full */
  readonly mapFull: bigint;
  /** assured flows left evictable: an end had its share */
  readonly overShare: bigint;
  readonly ringCursor: number;
  /** next to look at */
  readonly queueCursor: number;
  /** next to write */
  readonly queueTail: number;
  /** slots that name a flow */
  readonly ringRows: number;
  readonly queueRows: number;
  /** never written: a new entry is a copy of it */
  readonly blank: CtEntry;
}
export const ctAgingLayout: StructLayout = {
  kind: 'struct',
  name: 'ct_aging',
  size: 248,
  members: [
    { name: 'timer', cName: 'timer', offset: 0, padding: false, layout: bpfTimerLayout },
    { name: 'dueNs', cName: 'due_ns', offset: 16, padding: false, layout: u64 },
    { name: 'armedNs', cName: 'armed_ns', offset: 24, padding: false, layout: u64 },
    { name: 'seed', cName: 'seed', offset: 32, padding: false, layout: u64 },
    { name: 'mapFull', cName: 'map_full', offset: 40, padding: false, layout: u64 },
    { name: 'overShare', cName: 'over_share', offset: 48, padding: false, layout: u64 },
    { name: 'ringCursor', cName: 'ring_cursor', offset: 56, padding: false, layout: u32 },
    { name: 'queueCursor', cName: 'queue_cursor', offset: 60, padding: false, layout: u32 },
    { name: 'queueTail', cName: 'queue_tail', offset: 64, padding: false, layout: u32 },
    { name: 'ringRows', cName: 'ring_rows', offset: 68, padding: false, layout: u32 },
    { name: 'queueRows', cName: 'queue_rows', offset: 72, padding: false, layout: u32 },
    {
      name: 'pad',
      cName: 'pad',
      offset: 76,
      padding: true,
      layout: { kind: 'array', name: '', size: 4, length: 4, element: u8 },
    },
    { name: 'blank', cName: 'blank', offset: 80, padding: false, layout: ctEntryLayout },
    {
      name: 'reserved',
      cName: 'reserved',
      offset: 208,
      padding: true,
      layout: { kind: 'array', name: '', size: 40, length: 40, element: u8 },
    },
  ],
};

/** struct ct_slot (bpf/abi/conntrack.h) */
export interface CtSlot {
  /** protocol 0: the slot is free */
  readonly key: Flow;
  /** hd_ct_queue: the flow does not expire before that. hd_ct_ring: since when it counts as ended; 0: it has not ended. */
  readonly timeNs: bigint;
  /** hd_ct_ring: rows of hd_ct_share that the flow counts in */
  readonly sourceHost: number;
  readonly destinationHost: number;
}
export const ctSlotLayout: StructLayout = {
  kind: 'struct',
  name: 'ct_slot',
  size: 64,
  members: [
    { name: 'key', cName: 'key', offset: 0, padding: false, layout: flowLayout },
    { name: 'timeNs', cName: 'time_ns', offset: 48, padding: false, layout: u64 },
    { name: 'sourceHost', cName: 'source_host', offset: 56, padding: false, layout: u32 },
    { name: 'destinationHost', cName: 'destination_host', offset: 60, padding: false, layout: u32 },
  ],
};

/** struct ct_share (bpf/abi/conntrack.h) */
export interface CtShare {
  readonly live: number;
  /** closed or reset, and not expired yet */
  readonly ended: number;
}
export const ctShareLayout: StructLayout = {
  kind: 'struct',
  name: 'ct_share',
  size: 8,
  members: [
    { name: 'live', cName: 'live', offset: 0, padding: false, layout: u32 },
    { name: 'ended', cName: 'ended', offset: 4, padding: false, layout: u32 },
  ],
};

/** struct endpoint_key (bpf/abi/endpoint.h) */
export interface EndpointKey {
  readonly vni: number;
  readonly addr: Addr;
}
export const endpointKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'endpoint_key',
  size: 24,
  members: [
    { name: 'vni', cName: 'vni', offset: 0, padding: false, layout: u32 },
    { name: 'pad', cName: 'pad', offset: 4, padding: true, layout: u32 },
    { name: 'addr', cName: 'addr', offset: 8, padding: false, layout: addrLayout },
  ],
};

/** struct endpoint (bpf/abi/endpoint.h) */
export interface Endpoint {
  /** enum endpoint_kind */
  readonly kind: number;
  /** in policy tables; 0: any peer */
  readonly identity: readonly number[];
  /** owner, as in hd_node */
  readonly nodeId: number;
  /** local pods: host-side veth */
  readonly ifindex: number;
  /** local pods: as in hd_iface */
  readonly podId: number;
  /** local pods: the pod's own MAC */
  readonly mac: Mac;
  /** enum iface_flag of the pod's device */
  readonly flags: number;
}
export const endpointLayout: StructLayout = {
  kind: 'struct',
  name: 'endpoint',
  size: 32,
  members: [
    { name: 'kind', cName: 'kind', offset: 0, padding: false, layout: u32 },
    {
      name: 'identity',
      cName: 'identity',
      offset: 4,
      padding: false,
      layout: { kind: 'array', name: '', size: 8, length: 2, element: u32 },
    },
    { name: 'nodeId', cName: 'node_id', offset: 12, padding: false, layout: u32 },
    { name: 'ifindex', cName: 'ifindex', offset: 16, padding: false, layout: u32 },
    { name: 'podId', cName: 'pod_id', offset: 20, padding: false, layout: u32 },
    { name: 'mac', cName: 'mac', offset: 24, padding: false, layout: macLayout },
    { name: 'flags', cName: 'flags', offset: 30, padding: false, layout: u16 },
  ],
};

/** struct flow_epoch (bpf/abi/flow_cache.h) */
export interface FlowEpoch {
  readonly number: number;
}
export const flowEpochLayout: StructLayout = {
  kind: 'struct',
  name: 'flow_epoch',
  size: 4,
  members: [{ name: 'number', cName: 'number', offset: 0, padding: false, layout: u32 }],
};

/** struct fragment_key (bpf/abi/fragment.h) */
export interface FragmentKey {
  readonly vni: number;
  /** IPv4: the 16-bit identification, as on the wire */
  readonly id: number;
  readonly source: Addr;
  readonly destination: Addr;
  /** IPPROTO_*; IPv6: 0, its datagrams are numbered by the ends alone */
  readonly protocol: number;
}
export const fragmentKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'fragment_key',
  size: 48,
  members: [
    { name: 'vni', cName: 'vni', offset: 0, padding: false, layout: u32 },
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
  /** CLOCK_MONOTONIC of the first fragment, or of what overtook it */
  readonly seenNs: bigint;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** enum fragment_to_stack: why the host stack has all of the datagram */
  readonly toStack: number;
  /** the first one has not come */
  readonly noPorts: number;
  /** IPPROTO_* of the first one's transport header */
  readonly protocol: number;
}
export const fragmentPortsLayout: StructLayout = {
  kind: 'struct',
  name: 'fragment_ports',
  size: 16,
  members: [
    { name: 'seenNs', cName: 'seen_ns', offset: 0, padding: false, layout: u64 },
    { name: 'sourcePort', cName: 'source_port', offset: 8, padding: false, layout: be16 },
    { name: 'destinationPort', cName: 'destination_port', offset: 10, padding: false, layout: be16 },
    { name: 'toStack', cName: 'to_stack', offset: 12, padding: false, layout: u8 },
    { name: 'noPorts', cName: 'no_ports', offset: 13, padding: false, layout: u8 },
    { name: 'protocol', cName: 'protocol', offset: 14, padding: false, layout: u8 },
    { name: 'reserved', cName: 'reserved', offset: 15, padding: true, layout: u8 },
  ],
};

/** struct iface_key (bpf/abi/iface.h) */
export interface IfaceKey {
  readonly ifindex: number;
}
export const ifaceKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'iface_key',
  size: 4,
  members: [{ name: 'ifindex', cName: 'ifindex', offset: 0, padding: false, layout: u32 }],
};

/** struct iface (bpf/abi/iface.h) */
export interface Iface {
  /** pods: VXLAN network identifier, 24 bits */
  readonly vni: number;
  /** pods: number of the pod on this node; all its addresses share it */
  readonly podId: number;
  /** pods: the pod's own MAC */
  readonly mac: Mac;
  /** enum iface_kind */
  readonly kind: number;
  /** enum iface_flag */
  readonly flags: number;
}
export const ifaceLayout: StructLayout = {
  kind: 'struct',
  name: 'iface',
  size: 16,
  members: [
    { name: 'vni', cName: 'vni', offset: 0, padding: false, layout: u32 },
    { name: 'podId', cName: 'pod_id', offset: 4, padding: false, layout: u32 },
    { name: 'mac', cName: 'mac', offset: 8, padding: false, layout: macLayout },
    { name: 'kind', cName: 'kind', offset: 14, padding: false, layout: u8 },
    { name: 'flags', cName: 'flags', offset: 15, padding: false, layout: u8 },
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

/** struct service_key (bpf/abi/service.h) */
export interface ServiceKey {
  readonly vni: number;
  readonly port: number;
  /** IPPROTO_TCP, _UDP or _SCTP */
  readonly protocol: number;
  readonly addr: Addr;
}
export const serviceKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'service_key',
  size: 24,
  members: [
    { name: 'vni', cName: 'vni', offset: 0, padding: false, layout: u32 },
    { name: 'port', cName: 'port', offset: 4, padding: false, layout: be16 },
    { name: 'protocol', cName: 'protocol', offset: 6, padding: false, layout: u8 },
    { name: 'pad', cName: 'pad', offset: 7, padding: true, layout: u8 },
    { name: 'addr', cName: 'addr', offset: 8, padding: false, layout: addrLayout },
  ],
};

/** struct nat_change (bpf/abi/service.h) */
export interface NatChange {
  readonly from: Addr;
  readonly to: Addr;
  readonly fromPort: number;
  readonly toPort: number;
  readonly l3Offset: number;
  /** 0: a later fragment, which has neither ports nor a checksum over them */
  readonly l4Offset: number;
  readonly protocol: number;
  /** which end it is */
  readonly isSource: number;
}
export const natChangeLayout: StructLayout = {
  kind: 'struct',
  name: 'nat_change',
  size: 56,
  members: [
    { name: 'from', cName: 'from', offset: 0, padding: false, layout: addrLayout },
    { name: 'to', cName: 'to', offset: 16, padding: false, layout: addrLayout },
    { name: 'fromPort', cName: 'from_port', offset: 32, padding: false, layout: be16 },
    { name: 'toPort', cName: 'to_port', offset: 34, padding: false, layout: be16 },
    { name: 'l3Offset', cName: 'l3_offset', offset: 36, padding: false, layout: u32 },
    { name: 'l4Offset', cName: 'l4_offset', offset: 40, padding: false, layout: u32 },
    { name: 'protocol', cName: 'protocol', offset: 44, padding: false, layout: u8 },
    { name: 'isSource', cName: 'is_source', offset: 45, padding: false, layout: u8 },
    {
      name: 'reserved',
      cName: 'reserved',
      offset: 46,
      padding: true,
      layout: { kind: 'array', name: '', size: 10, length: 10, element: u8 },
    },
  ],
};

/** struct service_draft (bpf/abi/service.h) */
export interface ServiceDraft {
  /** the client and the frontend; a key */
  readonly asked: Flow;
  /** the client and the backend; a key */
  readonly flow: Flow;
  readonly frontend: ServiceKey;
  readonly backend: BackendInfoKey;
  readonly place: BackendKey;
  readonly client: AffinityKey;
  readonly affinity: Affinity;
  /** Whom the backend answers: the client, or the frontend of a client that is its own backend. */
  readonly source: Addr;
  readonly change: NatChange;
  /** in `asked` */
  readonly clientPort: number;
  /** in `flow` */
  readonly translatedPort: number;
  readonly affinityS: number;
  readonly count: number;
  /** of an answer that rejects the packet, and what it quotes */
  readonly headers: Uint8Array;
  readonly quote: Uint8Array;
}
export const serviceDraftLayout: StructLayout = {
  kind: 'struct',
  name: 'service_draft',
  size: 424,
  members: [
    { name: 'asked', cName: 'asked', offset: 0, padding: false, layout: flowLayout },
    { name: 'flow', cName: 'flow', offset: 48, padding: false, layout: flowLayout },
    { name: 'frontend', cName: 'frontend', offset: 96, padding: false, layout: serviceKeyLayout },
    { name: 'backend', cName: 'backend', offset: 120, padding: false, layout: backendInfoKeyLayout },
    { name: 'place', cName: 'place', offset: 144, padding: false, layout: backendKeyLayout },
    { name: 'client', cName: 'client', offset: 152, padding: false, layout: affinityKeyLayout },
    { name: 'affinity', cName: 'affinity', offset: 176, padding: false, layout: affinityLayout },
    { name: 'source', cName: 'source', offset: 208, padding: false, layout: addrLayout },
    { name: 'change', cName: 'change', offset: 224, padding: false, layout: natChangeLayout },
    { name: 'clientPort', cName: 'client_port', offset: 280, padding: false, layout: be16 },
    { name: 'translatedPort', cName: 'translated_port', offset: 282, padding: false, layout: be16 },
    { name: 'affinityS', cName: 'affinity_s', offset: 284, padding: false, layout: u32 },
    { name: 'count', cName: 'count', offset: 288, padding: false, layout: u32 },
    {
      name: 'reserved',
      cName: 'reserved',
      offset: 292,
      padding: true,
      layout: { kind: 'array', name: '', size: 4, length: 4, element: u8 },
    },
    {
      name: 'headers',
      cName: 'headers',
      offset: 296,
      padding: false,
      layout: { kind: 'array', name: '', size: 64, length: 64, element: u8 },
    },
    {
      name: 'quote',
      cName: 'quote',
      offset: 360,
      padding: false,
      layout: { kind: 'array', name: '', size: 64, length: 64, element: u8 },
    },
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

/** struct pod_policy (bpf/abi/policy.h) */
export interface PodPolicy {
  readonly egress: readonly number[];
  readonly ingress: readonly number[];
  /** Egress towards an address of this node that is no endpoint: the rules of ClusterNetworkPolicies alone, those with `nodes` peers resolved for this node. */
  readonly ownNode: readonly number[];
}
export const podPolicyLayout: StructLayout = {
  kind: 'struct',
  name: 'pod_policy',
  size: 24,
  members: [
    {
      name: 'egress',
      cName: 'egress',
      offset: 0,
      padding: false,
      layout: { kind: 'array', name: '', size: 8, length: 2, element: u32 },
    },
    {
      name: 'ingress',
      cName: 'ingress',
      offset: 8,
      padding: false,
      layout: { kind: 'array', name: '', size: 8, length: 2, element: u32 },
    },
    {
      name: 'ownNode',
      cName: 'own_node',
      offset: 16,
      padding: false,
      layout: { kind: 'array', name: '', size: 8, length: 2, element: u32 },
    },
  ],
};

/** struct policy_name (bpf/abi/policy.h) */
export interface PolicyName {
  /** enum policy_kind */
  readonly kind: number;
  /** UTF-8, ends with a zero byte; empty: cluster-wide */
  readonly namespace: Uint8Array;
  /** UTF-8, ends with a zero byte */
  readonly name: Uint8Array;
}
export const policyNameLayout: StructLayout = {
  kind: 'struct',
  name: 'policy_name',
  size: 328,
  members: [
    { name: 'kind', cName: 'kind', offset: 0, padding: false, layout: u8 },
    {
      name: 'namespace',
      cName: 'namespace',
      offset: 1,
      padding: false,
      layout: { kind: 'array', name: '', size: 64, length: 64, element: u8 },
    },
    {
      name: 'name',
      cName: 'name',
      offset: 65,
      padding: false,
      layout: { kind: 'array', name: '', size: 256, length: 256, element: u8 },
    },
    {
      name: 'pad',
      cName: 'pad',
      offset: 321,
      padding: true,
      layout: { kind: 'array', name: '', size: 7, length: 7, element: u8 },
    },
  ],
};

/** struct policy_peer_key (bpf/abi/policy.h) */
export interface PolicyPeerKey {
  readonly policy: number;
  readonly identity: number;
}
export const policyPeerKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'policy_peer_key',
  size: 8,
  members: [
    { name: 'policy', cName: 'policy', offset: 0, padding: false, layout: u32 },
    { name: 'identity', cName: 'identity', offset: 4, padding: false, layout: u32 },
  ],
};

/** struct policy_peer (bpf/abi/policy.h) */
export interface PolicyPeer {
  readonly ruleSet: number;
  /** bit n: some row of the rule set has a port prefix of n bits, 0..16 */
  readonly prefixLengths: number;
}
export const policyPeerLayout: StructLayout = {
  kind: 'struct',
  name: 'policy_peer',
  size: 8,
  members: [
    { name: 'ruleSet', cName: 'rule_set', offset: 0, padding: false, layout: u32 },
    { name: 'prefixLengths', cName: 'prefix_lengths', offset: 4, padding: false, layout: u32 },
  ],
};

/** struct route_key (bpf/abi/route.h) */
export interface RouteKey {
  /** 32 (VNI) + 0..128; an IPv4 prefix counts 96 more */
  readonly prefixBits: number;
  /** VXLAN network identifier; LPM compares bits in wire order */
  readonly vni: number;
  readonly addr: Addr;
}
export const routeKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'route_key',
  size: 24,
  members: [
    { name: 'prefixBits', cName: 'prefix_bits', offset: 0, padding: false, layout: u32 },
    { name: 'vni', cName: 'vni', offset: 4, padding: false, layout: be32 },
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
  /** of the uplink that packets leave by; ROUTE_LOCAL: 0 */
  readonly ifindex: number;
  /** overlay: the owner's overlay device, inner destination MAC */
  readonly vtepMac: Mac;
  /** the owner's underlay address, its key in hd_node; direct too */
  readonly tunnel: Addr;
  /** overlay: this node's underlay address towards it, same family */
  readonly source: Addr;
  /** underlay neighbour on a connected subnet; zero: ask the FIB */
  readonly nextHop: Addr;
}
export const routeLayout: StructLayout = {
  kind: 'struct',
  name: 'route',
  size: 72,
  members: [
    { name: 'kind', cName: 'kind', offset: 0, padding: false, layout: u8 },
    { name: 'flags', cName: 'flags', offset: 1, padding: false, layout: u8 },
    { name: 'mtu', cName: 'mtu', offset: 2, padding: false, layout: u16 },
    { name: 'nodeId', cName: 'node_id', offset: 4, padding: false, layout: u32 },
    { name: 'ifindex', cName: 'ifindex', offset: 8, padding: false, layout: u32 },
    { name: 'vtepMac', cName: 'vtep_mac', offset: 12, padding: false, layout: macLayout },
    {
      name: 'pad',
      cName: 'pad',
      offset: 18,
      padding: true,
      layout: { kind: 'array', name: '', size: 6, length: 6, element: u8 },
    },
    { name: 'tunnel', cName: 'tunnel', offset: 24, padding: false, layout: addrLayout },
    { name: 'source', cName: 'source', offset: 40, padding: false, layout: addrLayout },
    { name: 'nextHop', cName: 'next_hop', offset: 56, padding: false, layout: addrLayout },
  ],
};

/** struct rule (bpf/abi/policy.h) */
export interface Rule {
  /** as in hd_policy_name; 0 with RULE_DEFAULT_ACCEPT */
  readonly policyName: number;
  /** with RULE_LISTED: position in the policy's list, from 0 */
  readonly index: number;
  /** enum rule_kind */
  readonly kind: number;
  /** enum policy_direction */
  readonly direction: number;
}
export const ruleLayout: StructLayout = {
  kind: 'struct',
  name: 'rule',
  size: 8,
  members: [
    { name: 'policyName', cName: 'policy_name', offset: 0, padding: false, layout: u32 },
    { name: 'index', cName: 'index', offset: 4, padding: false, layout: u16 },
    { name: 'kind', cName: 'kind', offset: 6, padding: false, layout: u8 },
    { name: 'direction', cName: 'direction', offset: 7, padding: false, layout: u8 },
  ],
};

/** struct rule_set_key (bpf/abi/policy.h) */
export interface RuleSetKey {
  readonly ruleSet: number;
  /** IPPROTO_TCP, _UDP, _SCTP; 0: any other */
  readonly protocol: number;
  /** of the port, 0..16 */
  readonly prefixBits: number;
  /** the prefix's bits, the others 0 */
  readonly port: number;
}
export const ruleSetKeyLayout: StructLayout = {
  kind: 'struct',
  name: 'rule_set_key',
  size: 8,
  members: [
    { name: 'ruleSet', cName: 'rule_set', offset: 0, padding: false, layout: u32 },
    { name: 'protocol', cName: 'protocol', offset: 4, padding: false, layout: u8 },
    { name: 'prefixBits', cName: 'prefix_bits', offset: 5, padding: false, layout: u8 },
    { name: 'port', cName: 'port', offset: 6, padding: false, layout: be16 },
  ],
};

/** struct rule_verdict (bpf/abi/policy.h) */
export interface RuleVerdict {
  /** as in hd_rule; 0: nothing selects the pod in this direction */
  readonly rule: number;
  /** enum policy_action */
  readonly action: number;
  /** enum rule_flag */
  readonly flags: number;
}
export const ruleVerdictLayout: StructLayout = {
  kind: 'struct',
  name: 'rule_verdict',
  size: 8,
  members: [
    { name: 'rule', cName: 'rule', offset: 0, padding: false, layout: u32 },
    { name: 'action', cName: 'action', offset: 4, padding: false, layout: u8 },
    { name: 'flags', cName: 'flags', offset: 5, padding: false, layout: u8 },
    {
      name: 'pad',
      cName: 'pad',
      offset: 6,
      padding: true,
      layout: { kind: 'array', name: '', size: 2, length: 2, element: u8 },
    },
  ],
};

/** struct service (bpf/abi/service.h) */
export interface Service {
  /** Number of the Service's port, the same for all its frontends; derived from its names, so it is the same after a restart. Never 0. */
  readonly id: number;
  /** The list of hd_backend that new flows choose from: slots 0 to count - 1. A changed list is written under another number before this row changes. */
  readonly backendSet: number;
  /** 0: new flows are rejected */
  readonly count: number;
  /** a client keeps its backend for so long after its last flow; 0: it does not */
  readonly affinityS: number;
}
export const serviceLayout: StructLayout = {
  kind: 'struct',
  name: 'service',
  size: 32,
  members: [
    { name: 'id', cName: 'id', offset: 0, padding: false, layout: u32 },
    { name: 'backendSet', cName: 'backend_set', offset: 4, padding: false, layout: u32 },
    { name: 'count', cName: 'count', offset: 8, padding: false, layout: u32 },
    { name: 'affinityS', cName: 'affinity_s', offset: 12, padding: false, layout: u32 },
    {
      name: 'reserved',
      cName: 'reserved',
      offset: 16,
      padding: true,
      layout: { kind: 'array', name: '', size: 16, length: 16, element: u8 },
    },
  ],
};

/** struct event (bpf/abi/event.h) */
export interface Event {
  /** CLOCK_MONOTONIC */
  readonly timeNs: bigint;
  /** enum event_kind */
  readonly kind: number;
  /** enum event_stage */
  readonly stage: number;
  /** enum hook */
  readonly hook: number;
  /** enum verdict */
  readonly verdict: number;
  /** IPPROTO_* */
  readonly protocol: number;
  readonly icmpType: number;
  /** ICMP echo: the identifier, as in struct flow */
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** of the IP packet, bytes; 65535 if longer */
  readonly length: number;
  readonly vni: number;
  /** where the hook is attached; 0 in netfilter's */
  readonly ifindex: number;
  /** as in hd_rule; 0: none */
  readonly rule: number;
  /** see enum event_stage */
  readonly value: number;
  /** STAGE_EGRESS and _INGRESS: of the pod, as in hd_policy_peer */
  readonly policy: number;
  /** STAGE_EGRESS and _INGRESS: of the peer */
  readonly identity: number;
  readonly ruleSet: number;
  /** EVENT_FLOW: admitted the flow at its originator, as in hd_rule */
  readonly egressRule: number;
  /** at its responder; 0: nothing selects the pod, or not checked here */
  readonly ingressRule: number;
  readonly source: Addr;
  readonly destination: Addr;
}
export const eventLayout: StructLayout = {
  kind: 'struct',
  name: 'event',
  size: 88,
  members: [
    { name: 'timeNs', cName: 'time_ns', offset: 0, padding: false, layout: u64 },
    { name: 'kind', cName: 'kind', offset: 8, padding: false, layout: u8 },
    { name: 'stage', cName: 'stage', offset: 9, padding: false, layout: u8 },
    { name: 'hook', cName: 'hook', offset: 10, padding: false, layout: u8 },
    { name: 'verdict', cName: 'verdict', offset: 11, padding: false, layout: u8 },
    { name: 'protocol', cName: 'protocol', offset: 12, padding: false, layout: u8 },
    { name: 'icmpType', cName: 'icmp_type', offset: 13, padding: false, layout: u8 },
    { name: 'sourcePort', cName: 'source_port', offset: 14, padding: false, layout: be16 },
    { name: 'destinationPort', cName: 'destination_port', offset: 16, padding: false, layout: be16 },
    { name: 'length', cName: 'length', offset: 18, padding: false, layout: u16 },
    { name: 'vni', cName: 'vni', offset: 20, padding: false, layout: u32 },
    { name: 'ifindex', cName: 'ifindex', offset: 24, padding: false, layout: u32 },
    { name: 'rule', cName: 'rule', offset: 28, padding: false, layout: u32 },
    { name: 'value', cName: 'value', offset: 32, padding: false, layout: u32 },
    { name: 'policy', cName: 'policy', offset: 36, padding: false, layout: u32 },
    { name: 'identity', cName: 'identity', offset: 40, padding: false, layout: u32 },
    { name: 'ruleSet', cName: 'rule_set', offset: 44, padding: false, layout: u32 },
    { name: 'egressRule', cName: 'egress_rule', offset: 48, padding: false, layout: u32 },
    { name: 'ingressRule', cName: 'ingress_rule', offset: 52, padding: false, layout: u32 },
    { name: 'source', cName: 'source', offset: 56, padding: false, layout: addrLayout },
    { name: 'destination', cName: 'destination', offset: 72, padding: false, layout: addrLayout },
  ],
};

/** Every map of ours, as the objects declare it. */
export const MAPS = {
  hd_affinity: {
    name: 'hd_affinity',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'LRU_HASH',
    type: 9,
    keySize: 24,
    valueSize: 32,
    maxEntries: 32768,
    flags: 0,
    key: affinityKeyLayout,
    value: affinityLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_backend: {
    name: 'hd_backend',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'HASH',
    type: 1,
    keySize: 8,
    valueSize: 24,
    maxEntries: 262144,
    flags: 1,
    key: backendKeyLayout,
    value: backendLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_backend_info: {
    name: 'hd_backend_info',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'HASH',
    type: 1,
    keySize: 24,
    valueSize: 4,
    maxEntries: 262144,
    flags: 1,
    key: backendInfoKeyLayout,
    value: backendInfoLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_cache_draft: {
    name: 'hd_cache_draft',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'PERCPU_ARRAY',
    type: 6,
    keySize: 4,
    valueSize: 192,
    maxEntries: 1,
    flags: 0,
    key: u32,
    value: cachedFlowLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_cache_ipv4: {
    name: 'hd_cache_ipv4',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'LRU_HASH',
    type: 9,
    keySize: 24,
    valueSize: 192,
    maxEntries: 32768,
    flags: 0,
    key: cacheKeyIpv4Layout,
    value: cachedFlowLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_cache_ipv6: {
    name: 'hd_cache_ipv6',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'LRU_HASH',
    type: 9,
    keySize: 48,
    valueSize: 192,
    maxEntries: 32768,
    flags: 0,
    key: cacheKeyIpv6Layout,
    value: cachedFlowLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_cidr: {
    name: 'hd_cidr',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'LPM_TRIE',
    type: 11,
    keySize: 24,
    valueSize: 8,
    maxEntries: 262144,
    flags: 1,
    key: cidrKeyLayout,
    value: cidrLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_control: {
    name: 'hd_control',
    kind: 'stateful',
    formerly: [],
    typeName: 'PERCPU_ARRAY',
    type: 6,
    keySize: 4,
    valueSize: 64,
    maxEntries: 1,
    flags: 0,
    key: u32,
    value: controlLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_ct: {
    name: 'hd_ct',
    kind: 'stateful',
    formerly: ['hd_conntrack'],
    typeName: 'HASH',
    type: 1,
    keySize: 48,
    valueSize: 128,
    maxEntries: 65536,
    flags: 0,
    key: flowLayout,
    value: ctEntryLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_ct_aging: {
    name: 'hd_ct_aging',
    kind: 'stateful',
    formerly: [],
    typeName: 'ARRAY',
    type: 2,
    keySize: 4,
    valueSize: 248,
    maxEntries: 1,
    flags: 0,
    key: u32,
    value: ctAgingLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_ct_queue: {
    name: 'hd_ct_queue',
    kind: 'stateful',
    formerly: [],
    typeName: 'ARRAY',
    type: 2,
    keySize: 4,
    valueSize: 64,
    maxEntries: 65536,
    flags: 0,
    key: u32,
    value: ctSlotLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_ct_ring: {
    name: 'hd_ct_ring',
    kind: 'stateful',
    formerly: [],
    typeName: 'ARRAY',
    type: 2,
    keySize: 4,
    valueSize: 64,
    maxEntries: 65536,
    flags: 0,
    key: u32,
    value: ctSlotLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_ct_share: {
    name: 'hd_ct_share',
    kind: 'stateful',
    formerly: [],
    typeName: 'ARRAY',
    type: 2,
    keySize: 4,
    valueSize: 8,
    maxEntries: 65536,
    flags: 0,
    key: u32,
    value: ctShareLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_ct_unassured: {
    name: 'hd_ct_unassured',
    kind: 'stateful',
    formerly: ['hd_unanswered'],
    typeName: 'LRU_HASH',
    type: 9,
    keySize: 48,
    valueSize: 128,
    maxEntries: 65536,
    flags: 0,
    key: flowLayout,
    value: ctEntryLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_endpoint: {
    name: 'hd_endpoint',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'HASH',
    type: 1,
    keySize: 24,
    valueSize: 32,
    maxEntries: 262144,
    flags: 1,
    key: endpointKeyLayout,
    value: endpointLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_event: {
    name: 'hd_event',
    kind: 'counting',
    formerly: [],
    typeName: 'RINGBUF',
    type: 27,
    keySize: 0,
    valueSize: 0,
    maxEntries: 1048576,
    flags: 0,
    key: undefined,
    value: undefined,
    inner: undefined,
    doc: undefined,
  },
  hd_event_lost: {
    name: 'hd_event_lost',
    kind: 'counting',
    formerly: [],
    typeName: 'PERCPU_ARRAY',
    type: 6,
    keySize: 4,
    valueSize: 8,
    maxEntries: 1,
    flags: 0,
    key: u32,
    value: u64,
    inner: undefined,
    doc: undefined,
  },
  hd_flow_epoch: {
    name: 'hd_flow_epoch',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'ARRAY',
    type: 2,
    keySize: 4,
    valueSize: 4,
    maxEntries: 16385,
    flags: 0,
    key: u32,
    value: flowEpochLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_frag: {
    name: 'hd_frag',
    kind: 'rebuildable',
    formerly: [],
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
  hd_iface: {
    name: 'hd_iface',
    kind: 'rebuildable',
    formerly: ['hd_port'],
    typeName: 'HASH',
    type: 1,
    keySize: 4,
    valueSize: 16,
    maxEntries: 4096,
    flags: 1,
    key: ifaceKeyLayout,
    value: ifaceLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_metrics: {
    name: 'hd_metrics',
    kind: 'counting',
    formerly: [],
    typeName: 'PERCPU_ARRAY',
    type: 6,
    keySize: 4,
    valueSize: 16,
    maxEntries: 540,
    flags: 0,
    key: u32,
    value: metricsLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_nat_draft: {
    name: 'hd_nat_draft',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'PERCPU_ARRAY',
    type: 6,
    keySize: 4,
    valueSize: 424,
    maxEntries: 1,
    flags: 0,
    key: u32,
    value: serviceDraftLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_node: {
    name: 'hd_node',
    kind: 'rebuildable',
    formerly: [],
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
  hd_pod: {
    name: 'hd_pod',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'ARRAY',
    type: 2,
    keySize: 4,
    valueSize: 24,
    maxEntries: 16384,
    flags: 0,
    key: u32,
    value: podPolicyLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_policy_drop: {
    name: 'hd_policy_drop',
    kind: 'counting',
    formerly: [],
    typeName: 'PERCPU_HASH',
    type: 5,
    keySize: 4,
    valueSize: 8,
    maxEntries: 4096,
    flags: 1,
    key: u32,
    value: u64,
    inner: undefined,
    doc: undefined,
  },
  hd_policy_name: {
    name: 'hd_policy_name',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'HASH',
    type: 1,
    keySize: 4,
    valueSize: 328,
    maxEntries: 65536,
    flags: 1,
    key: u32,
    value: policyNameLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_policy_peer: {
    name: 'hd_policy_peer',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'HASH',
    type: 1,
    keySize: 8,
    valueSize: 8,
    maxEntries: 262144,
    flags: 1,
    key: policyPeerKeyLayout,
    value: policyPeerLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_route: {
    name: 'hd_route',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'LPM_TRIE',
    type: 11,
    keySize: 24,
    valueSize: 72,
    maxEntries: 65536,
    flags: 1,
    key: routeKeyLayout,
    value: routeLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_rule: {
    name: 'hd_rule',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'HASH',
    type: 1,
    keySize: 4,
    valueSize: 8,
    maxEntries: 262144,
    flags: 1,
    key: u32,
    value: ruleLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_rule_set: {
    name: 'hd_rule_set',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'HASH',
    type: 1,
    keySize: 8,
    valueSize: 8,
    maxEntries: 524288,
    flags: 1,
    key: ruleSetKeyLayout,
    value: ruleVerdictLayout,
    inner: undefined,
    doc: undefined,
  },
  hd_service: {
    name: 'hd_service',
    kind: 'rebuildable',
    formerly: [],
    typeName: 'HASH',
    type: 1,
    keySize: 24,
    valueSize: 32,
    maxEntries: 65536,
    flags: 1,
    key: serviceKeyLayout,
    value: serviceLayout,
    inner: undefined,
    doc: undefined,
  },
} as const satisfies Record<string, AbiMap>;
export type MapName = keyof typeof MAPS;
/** What a map's codecs read and write; per-CPU values have one element for each possible CPU. */
export interface MapRows {
  hd_affinity: { key: AffinityKey; value: Affinity };
  hd_backend: { key: BackendKey; value: Backend };
  hd_backend_info: { key: BackendInfoKey; value: BackendInfo };
  hd_cache_draft: { key: number; value: CachedFlow[] };
  hd_cache_ipv4: { key: CacheKeyIpv4; value: CachedFlow };
  hd_cache_ipv6: { key: CacheKeyIpv6; value: CachedFlow };
  hd_cidr: { key: CidrKey; value: Cidr };
  hd_control: { key: number; value: Control[] };
  hd_ct: { key: Flow; value: CtEntry };
  hd_ct_aging: { key: number; value: CtAging };
  hd_ct_queue: { key: number; value: CtSlot };
  hd_ct_ring: { key: number; value: CtSlot };
  hd_ct_share: { key: number; value: CtShare };
  hd_ct_unassured: { key: Flow; value: CtEntry };
  hd_endpoint: { key: EndpointKey; value: Endpoint };
  hd_event: { key: Uint8Array; value: Uint8Array };
  hd_event_lost: { key: number; value: bigint[] };
  hd_flow_epoch: { key: number; value: FlowEpoch };
  hd_frag: { key: FragmentKey; value: FragmentPorts };
  hd_iface: { key: IfaceKey; value: Iface };
  hd_metrics: { key: number; value: Metrics[] };
  hd_nat_draft: { key: number; value: ServiceDraft[] };
  hd_node: { key: NodeKey; value: Node };
  hd_pod: { key: number; value: PodPolicy };
  hd_policy_drop: { key: number; value: bigint[] };
  hd_policy_name: { key: number; value: PolicyName };
  hd_policy_peer: { key: PolicyPeerKey; value: PolicyPeer };
  hd_route: { key: RouteKey; value: Route };
  hd_rule: { key: number; value: Rule };
  hd_rule_set: { key: RuleSetKey; value: RuleVerdict };
  hd_service: { key: ServiceKey; value: Service };
}

/** Node-wide settings, constants for the programs once they are loaded. */
export interface NodeConfig {
  /** VXLAN network identifier of the cluster's one network, 24 bits */
  readonly clusterVni: number;
  /** Silence that ends a connection of which both ends have sent FIN, seconds */
  readonly ctClosedS: number;
  /** Silence that ends an assured flow of datagrams, seconds */
  readonly ctDatagramS: number;
  /** Silence that ends an ICMP echo, seconds */
  readonly ctEchoS: number;
  /** Silence that ends an assured connection, seconds */
  readonly ctEstablishedS: number;
  /** Silence that ends a connection of which one end has sent FIN, seconds */
  readonly ctHalfClosedS: number;
  /** 1 if programs can insert flows into netfilter's conntrack (bpf_ct_insert_entry) */
  readonly ctInsert: number;
  /** Silence that ends a connection that was reset, seconds */
  readonly ctResetS: number;
  /** Silence that ends a flow that is not assured, seconds */
  readonly ctUnassuredS: number;
  /** 1 if the kernel has BPF_F_ADJ_ROOM_DECAP_L3_* (6.3) */
  readonly decapL3Flags: number;
  /** 1 if settled flows are cached: one look-up a packet */
  readonly flowCache: number;
  /** 1 if the netfilter programs are attached: forward, not pod_rx and overlay_tx, records host-path flows, and input checks what pods send to this node */
  readonly forwardHook: number;
  /** MAC of every pod's gateway: all host-side veths share it */
  readonly gatewayMac: Mac;
  /** 1 if the overlay device is the kernel's vxlan; 0: what BPF cannot encapsulate or decapsulate is dropped */
  readonly kernelVxlan: number;
  /** Hash of the object file: differs between a running program and a newer one */
  readonly objectHash: bigint;
  /** 1 if map helpers take keys from the stack, not from any memory (< 6.2) */
  readonly oldVerifierKeys: number;
  /** The overlay device, heddle0 */
  readonly overlayIfindex: number;
  /** MAC of the overlay device: source of inner Ethernet headers */
  readonly overlayMac: Mac;
  /** This node's own number in hd_node */
  readonly ownNodeId: number;
  /** Highest outer UDP source port, host byte order */
  readonly sourcePortMax: number;
  /** Lowest outer UDP source port, host byte order */
  readonly sourcePortMin: number;
  /** TTL or hop limit of outer headers */
  readonly tunnelTtl: number;
  /** UDP port of the overlay, host byte order */
  readonly vxlanPort: number;
}
export const CONFIG_VARIABLES: Readonly<Record<keyof NodeConfig, ConfigVariable>> = {
  clusterVni: {
    cName: 'cluster_vni',
    layout: u32,
    doc: "VXLAN network identifier of the cluster's one network, 24 bits",
  },
  ctClosedS: {
    cName: 'ct_closed_s',
    layout: u32,
    doc: 'Silence that ends a connection of which both ends have sent FIN, seconds',
  },
  ctDatagramS: {
    cName: 'ct_datagram_s',
    layout: u32,
    doc: 'Silence that ends an assured flow of datagrams, seconds',
  },
  ctEchoS: { cName: 'ct_echo_s', layout: u32, doc: 'Silence that ends an ICMP echo, seconds' },
  ctEstablishedS: {
    cName: 'ct_established_s',
    layout: u32,
    doc: 'Silence that ends an assured connection, seconds',
  },
  ctHalfClosedS: {
    cName: 'ct_half_closed_s',
    layout: u32,
    doc: 'Silence that ends a connection of which one end has sent FIN, seconds',
  },
  ctInsert: {
    cName: 'ct_insert',
    layout: u8,
    doc: "1 if programs can insert flows into netfilter's conntrack (bpf_ct_insert_entry)",
  },
  ctResetS: {
    cName: 'ct_reset_s',
    layout: u32,
    doc: 'Silence that ends a connection that was reset, seconds',
  },
  ctUnassuredS: {
    cName: 'ct_unassured_s',
    layout: u32,
    doc: 'Silence that ends a flow that is not assured, seconds',
  },
  decapL3Flags: {
    cName: 'decap_l3_flags',
    layout: u8,
    doc: '1 if the kernel has BPF_F_ADJ_ROOM_DECAP_L3_* (6.3)',
  },
  flowCache: { cName: 'flow_cache', layout: u8, doc: '1 if settled flows are cached: one look-up a packet' },
  forwardHook: {
    cName: 'forward_hook',
    layout: u8,
    doc: '1 if the netfilter programs are attached: forward, not pod_rx and overlay_tx, records host-path flows, and input checks what pods send to this node',
  },
  gatewayMac: {
    cName: 'gateway_mac',
    layout: macLayout,
    doc: "MAC of every pod's gateway: all host-side veths share it",
  },
  kernelVxlan: {
    cName: 'kernel_vxlan',
    layout: u8,
    doc: "1 if the overlay device is the kernel's vxlan; 0: what BPF cannot encapsulate or decapsulate is dropped",
  },
  objectHash: {
    cName: 'object_hash',
    layout: u64,
    doc: 'Hash of the object file: differs between a running program and a newer one',
  },
  oldVerifierKeys: {
    cName: 'old_verifier_keys',
    layout: u8,
    doc: '1 if map helpers take keys from the stack, not from any memory (< 6.2)',
  },
  overlayIfindex: { cName: 'overlay_ifindex', layout: u32, doc: 'The overlay device, heddle0' },
  overlayMac: {
    cName: 'overlay_mac',
    layout: macLayout,
    doc: 'MAC of the overlay device: source of inner Ethernet headers',
  },
  ownNodeId: { cName: 'own_node_id', layout: u32, doc: "This node's own number in hd_node" },
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
  vxlanPort: { cName: 'vxlan_port', layout: u16, doc: 'UDP port of the overlay, host byte order' },
};
