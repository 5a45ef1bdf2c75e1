// Faults of what is taken off a tunnel packet, and where it goes then.
import { mutantsOf } from '../mutant.ts';

const decap = mutantsOf('bpf/lib/decap.h', [
  {
    name: 'checksum-level-not-lowered',
    fault: 'the level of verified checksums stays that of the outer packet',
    find: 'bpf_csum_level(ctx, BPF_CSUM_LEVEL_DEC);',
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
    fault: "a packet that changes family keeps the outer one's protocol",
    find: 'inner_ipv4 == outer_ipv4 || !CONFIG_GET(decap_l3_flags)',
    replace: 'true',
  },
  {
    name: 'decap-family-swapped',
    fault: 'a packet that changes family is told to become the other one',
    find: 'inner_ipv4 ? DECAP_L3_IPV4 : DECAP_L3_IPV6',
    replace: 'inner_ipv4 ? DECAP_L3_IPV6 : DECAP_L3_IPV4',
  },
  {
    name: 'transport-offset-stays',
    fault: 'after decapsulation the transport header is looked for where it was',
    find: '\tpkt->l4_offset -= room;\n',
    replace: '',
    equivalent: 'nothing looks for the transport header of a packet that has been decapsulated',
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
    find: '\tif (ct_is_via_stack(&pkt->ct))\n\t\treturn PASS_HOST_PATH;\n',
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
    fault: "a qdisc of the pod's device does not see what is received",
    find: 'if (pkt->endpoint->flags & IFACE_SLOW_PATH)',
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
    fault: 'what comes from other nodes is not evaluated',
    find: 'v = policy_check(&pkt->ct, NO_POD_ID, pkt->endpoint->pod_id);',
    replace: 'v = VERDICT_NEXT;',
  },
  {
    name: 'handed-over-past-stack',
    fault: "an answer to a node's own address leaves the pod's device though the stack may have it",
    find: 'fwd_decision == PASS_SLOW_PATH && (route->flags & ROUTE_REPLY_ONLY)',
    replace: 'fwd_decision == PASS_SLOW_PATH',
  },
  {
    name: 'decapsulated-of-another-host',
    fault: 'what the kernel decapsulated keeps a packet type that the stack throws away',
    find: '\tif (ctx->pkt_type != PACKET_HOST)\n\t\tbpf_skb_change_type(ctx, PACKET_HOST);\n\treturn fwd_decision',
    replace: '\treturn fwd_decision',
  },
]);

const uplink = mutantsOf('bpf/lib/receive_uplink.h', [
  {
    name: 'tunnel-mark-kept-on-super-packet',
    fault: 'a UDP super-packet is delivered with the mark of a tunnel',
    find: 'if (!ctx_is_gso(ctx))',
    replace: 'if (true)',
  },
]);

export const RECEIVE_MUTANTS = [...uplink, ...decap, ...ecn, ...received];
