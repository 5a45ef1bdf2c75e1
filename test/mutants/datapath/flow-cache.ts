// Faults of the flow cache: what it takes, what it makes of it, and when what it knows is void.
import { mutantsOf } from '../mutant.ts';

const settled = mutantsOf('bpf/lib/settled.h', [
  {
    name: 'cached-with-ipv4-options',
    fault: 'an IPv4 header is taken to have no options',
    find: 'if (!ip || *(const __u8 *)ip != SETTLED_IPV4_VERSION ||',
    replace: 'if (!ip ||',
  },
  {
    name: 'cached-fragments',
    fault: 'a fragment takes the short way',
    find: ' ||\n\t    (ip->frag_off & bpf_htons(IPV4_FRAGMENT_OFFSET | IPV4_MORE_FRAGMENTS))',
    replace: '',
  },
  {
    name: 'cached-first-fragments',
    fault: 'a first fragment takes the short way',
    find: 'bpf_htons(IPV4_FRAGMENT_OFFSET | IPV4_MORE_FRAGMENTS)',
    replace: 'bpf_htons(IPV4_FRAGMENT_OFFSET)',
  },
  {
    name: 'cached-any-ipv6-version',
    fault: 'whatever an IPv6 ethertype announces is taken for IPv6',
    find: '(*(const __u8 *)ip & SETTLED_VERSION_MASK) != SETTLED_IPV6_VERSION ||\n\t    ',
    replace: '',
  },
  {
    name: 'cached-any-tcp-flags',
    fault: 'a segment that ends its connection takes the short way',
    find: '(header->tcp_flags & SETTLED_TCP_FLAGS) != TCP_ACK',
    replace: '!(header->tcp_flags & TCP_ACK)',
  },
  {
    name: 'cached-tcp-header-too-short',
    fault: 'a TCP header of fewer than 20 bytes is taken',
    find: 'tcp_header < TCP_HEADER_MIN ||',
    replace: '',
    equivalent: 'nothing is read of it, and the long way takes it, too',
  },
  {
    name: 'cached-shorter-than-headers',
    fault: 'an IP packet shorter than its headers is taken',
    find: 'return packet->length >= packet->header_length;',
    replace: 'return true;',
  },
  {
    name: 'cached-ttl-spent',
    fault: 'a packet with TTL 1 is forwarded',
    find: 'packet->ttl > 1 &&',
    replace: '',
  },
  {
    name: 'cached-longer-than-frame',
    fault: 'an IP packet longer than its frame is taken',
    find: ' && offset + packet->length <= ctx_length(ctx)',
    replace: '',
  },
  {
    name: 'cached-any-device',
    fault: "a flow is another pod's, too",
    find: 'packet->key.ipv4.ifindex = ifindex;',
    replace: 'packet->key.ipv4.ifindex = 1;',
  },
]);

const valid = mutantsOf('bpf/lib/flow_cache.h', [
  {
    name: 'cached-across-policy',
    fault: 'a change of policy goes unnoticed',
    find: 'flow->generation == (__u32)control->generation &&',
    replace: '',
  },
  {
    name: 'cached-while-traced',
    fault: 'the packet of a trace takes the short way',
    find: ' && !control->nonce[0]',
    replace: '',
  },
  {
    name: 'cached-across-tables',
    fault: 'rows that the daemon writes go unnoticed',
    find: 'flow->tables_epoch == flow_epoch_read(FLOW_EPOCH_TABLES) &&',
    replace: '',
  },
  {
    name: 'cached-across-endings',
    fault: 'the end of a connection goes unnoticed',
    find: 'flow->flow_epoch == flow_epoch_read(flow_row) &&',
    replace: '',
  },
  {
    name: 'cached-for-ever',
    fault: "a row's time does not end",
    find: ' && ctx_now() < flow->valid_until_ns',
    replace: '',
    nth: 1,
  },
  {
    name: 'cached-sequence-not-noted',
    fault: 'conntrack is not told how far a sender is',
    find: 'ct_has_moved(flow->sequence, packet->sequence) ||',
    replace: '',
  },
  {
    name: 'cached-acknowledged-not-noted',
    fault: 'conntrack is not told how far a sender has acknowledged',
    find: ' ||\n\t\tct_has_moved(flow->acknowledged, packet->acknowledged)',
    replace: '',
  },
  {
    name: 'cached-row-of-another',
    fault: "a row that has become another flow's meanwhile is used",
    find: 'return !difference;',
    replace: 'return true;',
  },
  {
    name: 'cached-from-any-mac',
    fault: 'a frame from another MAC takes the short way',
    find: ' &&\n\t       mac_equal(&ethernet->source, &flow->source_mac)',
    replace: '',
  },
  {
    name: 'cached-to-any-mac',
    fault: 'a frame to another MAC takes the short way',
    find: ' && mac_equal(&ethernet->destination, &flow->destination_mac)',
    replace: '',
    equivalent: "the kernel takes a frame to another MAC than its device's for another host's",
  },
]);

const sent = mutantsOf('bpf/lib/cache_send.h', [
  {
    name: 'cached-too-long',
    fault: 'a packet that its path does not take is sent',
    find: 'return ctx_length(ctx) - ETH_HLEN <= mtu;',
    replace: 'return true;',
  },
  {
    name: 'cached-ttl-inside-kept',
    fault: 'the TTL is written where the outer headers stand',
    find: 'ETH_HLEN + outer.length',
    replace: 'ETH_HLEN',
  },
]);

const received = mutantsOf('bpf/lib/cache_receive.h', [
  {
    name: 'cached-from-any-node',
    fault: "another node's tunnel brings the flow's packets",
    find: 'addr_equal(&flow->neighbour, &tunnel->source) &&\n\t       ',
    replace: '',
  },
  {
    name: 'cached-longer-than-outer',
    fault: 'padding behind the outer packet is taken for a part of the inner one',
    find: 'tunnel->inner + packet->length <= tunnel->end &&',
    replace: '',
  },
  {
    name: 'cached-outer-longer-than-frame',
    fault: 'an outer packet longer than its frame is taken',
    find: ' && tunnel->end <= ctx_length(ctx)',
    replace: '',
  },
  {
    name: 'cached-ecn-lost',
    fault: 'a mark of the outer header is lost',
    find: 'cache_keeps_ecn(packet->dsfield, tunnel->dsfield) &&\n\t       ',
    replace: '',
  },
  {
    name: 'cached-outer-fragment',
    fault: 'a fragment of an outer packet is decapsulated',
    find: ' ||\n\t    (outer->ip.frag_off & bpf_htons(IPV4_FRAGMENT_OFFSET | IPV4_MORE_FRAGMENTS))',
    replace: '',
  },
  {
    name: 'cached-without-vni',
    fault: 'a VXLAN header without a VNI is taken',
    find: ' ||\n\t    !(payload->vxlan.flags & VXLAN_FLAG_VNI)',
    replace: '',
  },
]);

const stored = mutantsOf('bpf/lib/cache_store.h', [
  {
    name: 'cached-evictable-for-a-second',
    fault: 'conntrack may evict a flow that is in use',
    find: 'evictable ? CACHE_EVICTABLE_NS : CACHE_ASSURED_NS',
    replace: 'CACHE_ASSURED_NS',
  },
  {
    name: 'cached-host-path',
    fault: 'a flow that netfilter translates is cached',
    find: 'if (flags & ~(CT_ASSURED | CT_SEEN_REPLY | CT_ORIG_IS_KEY_DST))\n\t\treturn false;',
    replace: '',
  },
  {
    name: 'cached-before-assured',
    fault: 'a connection is cached before its handshake is over',
    find: '(flags & CT_ASSURED) &&',
    replace: '',
  },
]);

const raised = mutantsOf('bpf/lib/ct_update.h', [
  {
    name: 'end-leaves-cache',
    fault: 'the end of a connection leaves its cached directions valid',
    find: 'if (ct_changes_cache(before, after))',
    replace: 'if (false)',
  },
  {
    name: 'settled-before-counted',
    fault: 'datagrams are cached before they were counted',
    find: '(CHANGED_TUNNEL | CHANGED_COUNT | IN_PASSING)',
    replace: '(CHANGED_TUNNEL | IN_PASSING)',
  },
  {
    name: 'settled-in-passing',
    fault: "a packet that is admitted beside its flow makes the flow's row",
    find: '(CHANGED_TUNNEL | CHANGED_COUNT | IN_PASSING)',
    replace: '(CHANGED_TUNNEL | CHANGED_COUNT)',
    equivalent: 'such a packet has no tracked state by then, and only those are settled',
  },
]);

export const FLOW_CACHE_MUTANTS = [...settled, ...valid, ...sent, ...received, ...stored, ...raised];
