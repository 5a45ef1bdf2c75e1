// Faults of what comes out of a tunnel: who may send it, what is taken off, where it goes.
import { mutantsOf } from '../mutant.ts';

const admitted = mutantsOf('bpf/lib/tunnel.h', [
  {
    name: 'outer-fragment-taken',
    fault: 'a first fragment of an outer packet is decapsulated as if it were whole',
    find: 'pkt->fragment == FRAGMENT_WHOLE &&\n\t       tunnel_is_own_end',
    replace: 'tunnel_is_own_end',
  },
  {
    name: 'tunnel-to-anybody',
    fault: 'VXLAN to whatever address is taken for this node’s',
    find: '\t       tunnel_is_own_end(&pkt->destination);',
    replace: '\t       true;',
  },
  {
    name: 'tunnel-from-any-host',
    fault: 'VXLAN from an address of the cluster that has no tunnel is admitted',
    find: '!node || !(node->flags & NODE_TUNNEL) || (node->flags & NODE_LOCAL)',
    replace: '!node || (node->flags & NODE_LOCAL)',
  },
  {
    name: 'tunnel-from-itself',
    fault: 'VXLAN from this node’s own address is admitted',
    find: '!(node->flags & NODE_TUNNEL) || (node->flags & NODE_LOCAL)',
    replace: '!(node->flags & NODE_TUNNEL)',
  },
  {
    name: 'inner-source-of-own-pod',
    fault: 'an inner source in this node’s own pod CIDR is admitted',
    find: '!route || route->kind == ROUTE_LOCAL || route',
    replace: '!route || route',
    equivalent: 'a local route is of this node, and no tunnel packet of this node itself gets so far',
  },
  {
    name: 'inner-source-of-any-node',
    fault: 'an inner source of another node than the sender is admitted',
    find: ' || route->node_id != tunnel->node_id',
    replace: '',
  },
  {
    name: 'node-address-as-pod',
    fault: 'a node’s own address that comes by its tunnel is not told from a pod’s',
    find: 'tunnel->answer_only = route->flags & ROUTE_ANSWER_ONLY;',
    replace: 'tunnel->answer_only = false;',
  },
  {
    name: 'vni-flag-ignored',
    fault: 'a VXLAN header without a valid VNI is admitted',
    find: ' || !(outer.vxlan.flags & VXLAN_FLAG_VNI)',
    replace: '',
  },
  {
    name: 'inner-fragment-of-outer',
    fault: 'the ports of the outer packet are kept for an inner one that has none',
    find: '\tpkt->source_port = 0;\n\tpkt->destination_port = 0;\n',
    replace: '',
  },
  {
    name: 'trace-of-outer',
    fault: 'a tunnel packet whose outer end is a nonce is traced',
    find: '\tpkt->ct.traced = false;\n',
    replace: '',
  },
  {
    name: 'inner-padding-read',
    fault: 'an inner packet may go on into what lies behind the outer one',
    find: 'pkt->l3_offset + pkt->length > end',
    replace: 'pkt->l3_offset + pkt->length > end + 64',
  },
  {
    name: 'tunnel-end-of-hd_control-ignored',
    fault: 'the tunnel address that hd_control has is not compared',
    find: 'if (control && !addr_is_zero(addr)',
    replace: 'if (false && control && !addr_is_zero(addr)',
    equivalent: 'the same address is in hd_node, which is asked next; it only spares that look-up',
  },
]);

const header = mutantsOf('bpf/lib/vxlan.h', [
  {
    name: 'vni-one-byte-off',
    fault: 'the VNI is written one byte too low',
    find: 'bpf_htonl(vni << 8)',
    replace: 'bpf_htonl(vni)',
  },
  {
    name: 'vni-read-with-reserved-byte',
    fault: 'the reserved byte is read as a part of the VNI',
    find: 'bpf_ntohl(header->vni) >> 8',
    replace: 'bpf_ntohl(header->vni)',
  },
  {
    name: 'vxlan-in-any-protocol',
    fault: 'TCP to the overlay’s port is taken for VXLAN',
    find: 'pkt->protocol == IPPROTO_UDP &&',
    replace: 'true &&',
  },
]);

const decap = mutantsOf('bpf/lib/decap.h', [
  {
    name: 'checksum-level-not-lowered',
    fault: 'the level of verified checksums stays that of the outer packet',
    find: 'if (tunnel->has_checksum)\n\t\tbpf_csum_level(ctx, BPF_CSUM_LEVEL_DEC);',
    replace: '',
  },
  {
    name: 'decap-counts-outer-in-gso',
    fault: 'taking off the outer headers makes the segments of a super-packet larger',
    find: 'BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_NO_CSUM_RESET',
    replace: 'BPF_F_ADJ_ROOM_NO_CSUM_RESET',
  },
  {
    name: 'decap-resets-checksum',
    fault: 'taking off the outer headers throws away what the device has verified',
    find: 'BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_NO_CSUM_RESET',
    replace: 'BPF_F_ADJ_ROOM_FIXED_GSO',
  },
  {
    name: 'decap-keeps-family',
    fault: 'a packet that changes family keeps the outer one’s protocol',
    find: '!decap_changes_family(pkt, tunnel) || !CONFIG_GET(decap_l3_flags)',
    replace: 'true',
  },
  {
    name: 'decap-family-swapped',
    fault: 'a packet that changes family is told to become the other one',
    find: 'if (pkt->family == L3_IPV4)',
    replace: 'if (pkt->family != L3_IPV4)',
  },
  {
    name: 'transport-offset-stays',
    fault: 'after decapsulation the transport header is looked for where it was',
    find: '\tpkt->l4_offset -= room;\n',
    replace: '',
  },
  {
    name: 'network-offset-stays',
    fault: 'after decapsulation the IP header is looked for where it was',
    find: '\tpkt->l3_offset = ETH_HLEN;\n',
    replace: '',
  },
  {
    name: 'small-packet-not-left-to-kernel',
    fault: 'a packet too short for bpf_skb_adjust_room() is decapsulated all the same',
    find: 'return decap_needs_device(pkt, tunnel) && pkt->length < sizeof(struct ipv6hdr);',
    replace: 'return false;',
  },
]);

const ecn = [
  ...mutantsOf('bpf/lib/ecn.h', [
    {
      name: 'congestion-not-carried-in',
      fault: 'a congestion mark of the outer header is lost',
      find: 'if (outer == ECN_CE || outer == ECN_ECT1)',
      replace: 'if (outer == ECN_ECT1)',
    },
    {
      name: 'ect1-not-carried-in',
      fault: 'ECT(1) of the outer header is lost',
      find: 'if (outer == ECN_CE || outer == ECN_ECT1)',
      replace: 'if (outer == ECN_CE)',
    },
    {
      name: 'mark-put-on-not-ect',
      fault: 'a packet that cannot carry a mark gets one',
      find: 'if (inner == ECN_NOT_ECT || inner == ECN_CE)',
      replace: 'if (inner == ECN_CE)',
    },
    {
      name: 'congestion-lowered',
      fault: 'a congestion mark of the inner header is overwritten by the outer one',
      find: 'if (inner == ECN_NOT_ECT || inner == ECN_CE)',
      replace: 'if (inner == ECN_NOT_ECT)',
    },
  ]),
  ...mutantsOf('bpf/lib/ecn_write.h', [
    {
      name: 'mark-without-checksum',
      fault: 'a mark is written without the IPv4 checksum',
      find: 'pkt->ipv4_check = checksum_replace(pkt->ipv4_check, bpf_htons(pkt->dsfield),\n\t\t\t\t\t\t   bpf_htons(dsfield));',
      replace: '',
    },
    {
      name: 'mark-clears-dscp',
      fault: 'a mark is written over the DSCP',
      find: '(pkt->dsfield & ~ECN_MASK) | ecn',
      replace: 'ecn',
    },
    {
      name: 'mark-clears-flow-label',
      fault: 'a mark is written over the flow label',
      find: '(word[1] & 0x0f) | dsfield << 4',
      replace: 'dsfield << 4',
    },
  ]),
];

const received = mutantsOf('bpf/lib/receive.h', [
  {
    name: 'received-past-netfilter',
    fault: 'an answer that netfilter must translate back goes straight to the pod',
    find: '\tif (conntrack_is_host_path(&pkt->ct))\n\t\treturn PASS_HOST_PATH;\n',
    replace: '',
  },
  {
    name: 'received-without-hop-limit',
    fault: 'a packet whose hop limit is spent is delivered',
    find: '\tif (ttl_is_expired(pkt))\n\t\treturn PASS_TTL;\n',
    replace: '',
  },
  {
    name: 'received-past-qdisc',
    fault: 'a qdisc of the pod’s device does not see what is received',
    find: 'if (pkt->endpoint->flags & PORT_SLOW_PATH)',
    replace: 'if (false)',
  },
  {
    name: 'error-notes-tunnel',
    fault: 'an ICMP error of a node turns its flow into the tunnel',
    find: ' &&\n\t    !flow_is_icmp_error(pkt))',
    replace: ')',
  },
  {
    name: 'received-not-judged',
    fault: 'what comes from other nodes is not judged',
    find: 'v = admission_check(&pkt->ct, NO_POD_SLOT, pkt->endpoint->pod_slot);',
    replace: 'v = VERDICT_NEXT;',
  },
  {
    name: 'tunnel-mark-kept-on-super-packet',
    fault: 'a UDP super-packet is delivered with the mark of a tunnel',
    find: 'return ctx_is_gso(ctx) && (way',
    replace: 'return false && (way',
  },
  {
    name: 'handed-over-past-stack',
    fault: 'an answer to a node’s own address leaves the pod’s device though the stack may have it',
    find: 'way == PASS_SLOW_PATH && (route->flags & ROUTE_ANSWER_ONLY)',
    replace: 'way == PASS_SLOW_PATH',
  },
  {
    name: 'decapsulated-of-another-host',
    fault: 'what the kernel decapsulated keeps a packet type that the stack throws away',
    find: '\tif (ctx->pkt_type != PACKET_HOST)\n\t\tbpf_skb_change_type(ctx, PACKET_HOST);\n\treturn way',
    replace: '\treturn way',
  },
]);

const strangers = mutantsOf('bpf/lib/stranger.h', [
  {
    name: 'stranger-fragment-refused',
    fault: 'a fragment is taken for VXLAN of a stranger',
    find: '!(frame->ip.fragment & bpf_htons(IPV4_FRAGMENT_OFFSET | IPV4_MORE_FRAGMENTS)) &&',
    replace: '',
  },
  {
    name: 'stranger-of-any-protocol',
    fault: 'TCP to the overlay’s port is refused as a stranger’s VXLAN',
    find: 'frame->ip.protocol == IPPROTO_UDP &&',
    replace: '',
  },
  {
    name: 'stranger-to-anybody',
    fault: 'VXLAN from a stranger to another host is refused',
    find: ' && tunnel_is_own_end(&destination)',
    replace: '',
  },
  {
    name: 'stranger-with-node-address',
    fault: 'VXLAN from this node’s own address passes for another node’s',
    find: '(node->flags & (NODE_TUNNEL | NODE_LOCAL)) == NODE_TUNNEL',
    replace: '(node->flags & NODE_TUNNEL)',
    equivalent: 'the slower check that follows refuses it by the same verdict',
  },
  {
    name: 'stranger-not-told',
    fault: 'who listens for drops does not hear of strangers',
    find: '(control->events & (1 << EVENT_DROP)) || ',
    replace: '',
  },
  {
    name: 'stranger-without-vni',
    fault: 'VXLAN without a valid VNI is counted as a stranger’s, not as malformed',
    find: ' &&\n\t       (frame->vxlan.flags & VXLAN_FLAG_VNI)',
    replace: '',
  },
]);

export const TUNNEL_MUTANTS = [...admitted, ...header, ...decap, ...ecn, ...received, ...strangers];
