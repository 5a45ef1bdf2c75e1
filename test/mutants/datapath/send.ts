// Faults of what leaves: next hops, hop limits, path MTUs, deliveries.
import { mutantsOf } from '../mutant.ts';

const delivered = mutantsOf('bpf/lib/redirect.h', [
  {
    name: 'next-hop-ignored',
    fault: 'the given next hop is ignored: the routing table is asked',
    find: 'if (addr_is_zero(next_hop) || redirect_has_route(ctx))',
    replace: 'if (true)',
  },
  {
    name: 'route-of-host-ignored',
    fault: "the first packet of the host to a node waits with heddle0's MAC for its destination",
    find: 'addr_is_zero(next_hop) || redirect_has_route(ctx)',
    replace: 'addr_is_zero(next_hop)',
  },
  {
    name: 'no-next-hop-asked-for',
    fault: 'a route without a next hop is sent to the address ::',
    find: 'addr_is_zero(next_hop) || redirect_has_route(ctx)',
    replace: 'redirect_has_route(ctx)',
  },
  {
    name: 'next-hop-family-swapped',
    fault: 'a next hop is given in the other family',
    find: 'if (addr_is_ipv4(next_hop))',
    replace: 'if (!addr_is_ipv4(next_hop))',
  },
  {
    name: 'delivered-as-of-another-host',
    fault: 'a packet for another link-layer host is delivered as that, and the pod throws it away',
    find: '\tif (ctx->pkt_type != PACKET_HOST)\n\t\tbpf_skb_change_type(ctx, PACKET_HOST);\n',
    replace: '',
    equivalent:
      'since 6.16 bpf_redirect_peer() scrubs the packet, and makes it PACKET_HOST; older kernels do not',
  },
  {
    name: 'delivered-to-node-side',
    fault: "a packet leaves by the pod's device instead of entering the pod",
    find: 'bpf_redirect_peer(ifindex, 0);\n\tpkt->redirected = true;',
    replace: 'bpf_redirect_peer(ifindex, 0);',
  },
  {
    name: 'delivered-with-hop-limit-kept',
    fault: 'what is delivered to a pod keeps its hop limit',
    find: '\tttl_decrement(ctx, pkt);\n',
    replace: '',
    nth: 1,
  },
  {
    name: 'delivered-by-device-with-hop-limit-kept',
    fault: "what leaves by a pod's device keeps its hop limit",
    find: '\tttl_decrement(ctx, pkt);\n',
    replace: '',
    nth: 2,
  },
  {
    name: 'delivered-from-overlay-mac',
    fault: "a pod gets packets from another MAC than its gateway's",
    find: 'mac_setting(&CONFIG_GET(gateway_mac)), pkt->endpoint->mac',
    replace: 'mac_setting(&CONFIG_GET(overlay_mac)), pkt->endpoint->mac',
    nth: 1,
  },
  {
    name: 'host-sent-instead-of-received',
    fault: 'what is for the host leaves by heddle0 instead of coming in by it',
    find: 'bpf_redirect(CONFIG_GET(overlay_ifindex), BPF_F_INGRESS);',
    replace: 'bpf_redirect(CONFIG_GET(overlay_ifindex), 0);',
  },
]);

const hopLimits = mutantsOf('bpf/lib/ttl.h', [
  {
    name: 'last-hop-forwarded',
    fault: 'a packet with one hop left is forwarded',
    find: 'pkt->ttl <= 1',
    replace: 'pkt->ttl < 1',
  },
  {
    name: 'hop-limit-without-checksum',
    fault: 'the TTL is lowered without the IPv4 checksum',
    find: 'return checksum_replace(check, bpf_htons(0x0100), 0);',
    replace: 'return check;',
  },
  {
    name: 'hop-limit-checksum-in-host-order',
    fault: 'the TTL is lowered with the checksum of the protocol field',
    find: 'bpf_htons(0x0100), 0',
    replace: '0x0100, 0',
  },
  {
    name: 'hop-limit-not-lowered',
    fault: 'forwarding does not cost a hop',
    find: '\tpkt->ttl--;\n',
    replace: '',
  },
]);

const paths = [
  ...mutantsOf('bpf/lib/mtu.h', [
    {
      name: 'mtu-one-short',
      fault: 'a packet as large as its path is too big',
      find: '- pkt->l3_offset <= mtu',
      replace: '- pkt->l3_offset < mtu',
    },
    {
      name: 'mtu-one-long',
      fault: 'a packet one byte larger than its path fits',
      find: '- pkt->l3_offset <= mtu',
      replace: '- pkt->l3_offset <= mtu + 1',
    },
    {
      name: 'segment-without-tcp-header',
      fault: 'the TCP header is not counted in a segment',
      find: 'header + pkt->tcp_header_length + ctx->gso_size',
      replace: 'header + ctx->gso_size',
    },
    {
      name: 'segments-not-measured',
      fault: 'segments of a super-packet always fit',
      find: 'if (mtu_segment_length(ctx, pkt) > mtu)',
      replace: 'if (false)',
    },
    {
      name: 'udp-segment-without-header',
      fault: 'the UDP header is not counted in a segment',
      find: 'header + TRANSPORT_HEADER_MIN + ctx->gso_size',
      replace: 'header + ctx->gso_size',
    },
  ]),
  ...mutantsOf('bpf/lib/send.h', [
    {
      name: 'node-address-reached-by-any-pod',
      fault: "a pod reaches a node's own address through the tunnel unasked",
      find: 'if (!(route->flags & ROUTE_REPLY_ONLY))',
      replace: 'if (true)',
    },
    {
      name: 'answered-into-any-tunnel',
      fault: "a flow of one node is answered into another's tunnel",
      find: '(pkt->ct.flags & CT_TUNNEL) && pkt->ct.node_id == route->node_id',
      replace: '(pkt->ct.flags & CT_TUNNEL)',
    },
    {
      name: 'answered-past-netfilter',
      fault: 'an answer that netfilter must translate back takes the short way',
      find: '\tif (ct_is_via_stack(&pkt->ct))\n\t\treturn PASS_HOST_PATH;\n',
      replace: '',
    },
    {
      name: 'judged-twice',
      fault: 'what netfilter may translate is evaluated before it, too',
      find: 'fwd_decision != VERDICT_NEXT && CONFIG_GET(forward_hook)',
      replace: 'false',
    },
    {
      name: 'sent-past-receivers-qdisc',
      fault: "a qdisc of the receiving pod's device sees nothing",
      find: 'if (pkt->endpoint && (pkt->endpoint->flags & IFACE_SLOW_PATH))',
      replace: 'if (false)',
    },
    {
      name: 'sent-past-senders-qdisc',
      fault: "a qdisc of the sending pod's device sees nothing",
      find: '(pkt->iface->flags & IFACE_SLOW_PATH) && !(pkt->ct.flags & CT_TUNNEL)',
      replace: 'false',
    },
    {
      name: 'tunnel-answer-through-stack',
      fault: 'an answer into a tunnel goes through the stack where a qdisc is',
      find: '(pkt->iface->flags & IFACE_SLOW_PATH) && !(pkt->ct.flags & CT_TUNNEL)',
      replace: '(pkt->iface->flags & IFACE_SLOW_PATH)',
    },
    {
      name: 'rest-of-too-big-sent',
      fault: 'later fragments of what did not fit go their own way',
      find: 'pkt->ct.frag_to_stack == FRAGMENT_TOO_BIG || ',
      replace: '',
    },
    {
      name: 'too-big-not-remembered',
      fault: 'that a first fragment did not fit is forgotten',
      find: '\t\tfragment_mark_too_big(pkt);\n',
      replace: '',
    },
    {
      name: 'hop-limit-spent-and-sent',
      fault: "a pod's packet whose hop limit is spent is sent",
      find: '\tif (ttl_is_expired(pkt))\n\t\treturn PASS_TTL;\n',
      replace: '',
    },
    {
      name: 'direct-through-tunnel',
      fault: 'a pod behind a direct route is sent to through a tunnel',
      find: 'bool overlay = route->kind == ROUTE_OVERLAY;',
      replace: 'bool overlay = true;',
    },
  ]),
];

export const SEND_MUTANTS = [...delivered, ...hopLimits, ...paths];
