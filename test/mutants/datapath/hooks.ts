// Faults of the hooks themselves: which stages they have.
import { mutantsOf } from '../mutant.ts';

export const HOOK_MUTANTS = [
  ...mutantsOf('bpf/pod_rx.bpf.c', [
    {
      name: 'socket-ignored',
      fault: 'whatever came in by no device passes for what this node itself sends',
      find: 'return ctx->ingress_ifindex == 0 && ctx->sk;',
      replace: 'return ctx->ingress_ifindex == 0;',
    },
    {
      name: 'ingress-ignored',
      fault: 'whatever has a socket passes for what this node itself sends',
      find: 'return ctx->ingress_ifindex == 0 && ctx->sk;',
      replace: 'return ctx->sk;',
    },
    {
      name: 'own-flow-not-noted',
      fault: 'that this node opened a flow is not kept',
      find: 'pkt->ct.state == FLOW_NEW ? CT_FROM_NODE : 0',
      replace: '0',
    },
    {
      name: 'own-flow-noted-too-late',
      fault: "this node's answer makes the flow its own",
      find: 'pkt->ct.state == FLOW_NEW ? CT_FROM_NODE : 0',
      replace: 'CT_FROM_NODE',
    },
    {
      name: 'own-reset-not-noted',
      fault: "a RST of this node's firewall does not end what the pod asked for",
      find: '\t\tct_update(&pkt->ct, 0);\n',
      replace: '\t\t;\n',
    },
    {
      name: 'forwarded-not-judged',
      fault: 'what came past the forward hook to a pod is not evaluated',
      find: 'v = forwarded_verify(ctx, pkt);',
      replace: ';',
    },
  ]),
  ...mutantsOf('bpf/forward.bpf.c', [
    {
      name: 'translated-tunnel-forwarded',
      fault: 'a pod may send VXLAN to a node by an address that netfilter translates',
      find: 'v = check_tunnel(ctx, &pkt);',
      replace: ';',
    },
    {
      name: 'tunnel-of-outside-refused',
      fault: 'VXLAN of whoever is no pod is refused at the forward hook',
      find: 'return DROP_POD_TUNNEL;\n\treturn VERDICT_NEXT;',
      replace: 'return DROP_POD_TUNNEL;\n\treturn DROP_POD_TUNNEL;',
    },
    {
      name: 'trace-needs-device',
      fault: 'a trace through the host is refused for want of a device',
      find: '\tif (pkt->ct.traced)\n\t\treturn VERDICT_NEXT;\n',
      replace: '',
    },
    {
      name: 'host-path-uncounted',
      fault: 'what answers must come back for is counted as foreign',
      find: 'host_path_matters(&pkt) ? PASS_HOST_PATH : PASS_UNMANAGED',
      replace: 'PASS_UNMANAGED',
    },
  ]),
  ...mutantsOf('bpf/overlay_tx.bpf.c', [
    {
      name: 'tunnel-key-encapsulated-twice',
      fault: "what was given to the kernel's vxlan is encapsulated on its way there",
      find: 'kernel_vxlan_get_key(ctx, &remote, &vni) ? PASS_VALIDATED_EARLIER : VERDICT_NEXT',
      replace: 'VERDICT_NEXT',
    },
    {
      name: 'direct-route-by-overlay',
      fault: 'what the host sends to a direct route by heddle0 is encapsulated',
      find: '!pkt->route || pkt->route->kind != ROUTE_OVERLAY',
      replace: '!pkt->route',
    },
    {
      name: 'forwarded-to-overlay-not-judged',
      fault: 'what came past the forward hook to the overlay is not evaluated',
      find: 'sender_is_node(ctx) ? VERDICT_NEXT : forwarded_verify(ctx, pkt)',
      replace: 'VERDICT_NEXT',
    },
  ]),
  ...mutantsOf('bpf/overlay_rx.bpf.c', [
    {
      name: 'handed-over-never-delivered',
      fault: "what uplink_rx handed over for the device's sake does not get to its pod",
      find: 'return receive_handed_over(ctx, pkt);',
      replace: 'return PASS_VALIDATED_EARLIER;',
    },
    {
      name: 'decapsulated-not-judged',
      fault: 'what the kernel decapsulated is not evaluated',
      find: 'v = receive_check(pkt);',
      replace: ';',
    },
    {
      name: 'decapsulated-of-any-node',
      fault: 'what the kernel decapsulated may come from any host',
      find: 'enum verdict v = tunnel_check_node(tunnel);',
      replace: 'enum verdict v = VERDICT_NEXT;',
    },
    {
      name: 'decapsulated-inner-not-checked',
      fault: 'what the kernel decapsulated may have any inner source',
      find: 'v = tunnel_check_inner(tunnel, pkt);',
      replace: ';',
    },
  ]),
  ...mutantsOf('bpf/uplink_rx.bpf.c', [
    {
      name: 'other-hosts-frame-taken',
      fault: 'a frame for another MAC is taken',
      find: 'if (ctx->pkt_type == PACKET_OTHERHOST)',
      replace: 'if (false)',
    },
    {
      name: 'broadcast-frame-forwarded',
      fault: 'a link-layer broadcast is forwarded',
      find: 'if (ctx->pkt_type == PACKET_HOST)',
      replace: 'if (true)',
    },
    {
      name: 'broadcast-source-not-checked',
      fault: 'a link-layer broadcast may have any source',
      find: 'return v == VERDICT_NEXT ? PASS_UNMANAGED : v;',
      replace: 'return PASS_UNMANAGED;',
    },
    {
      name: 'unreadable-source-not-checked',
      fault: 'a packet that cannot be read as far as its ports may have any source',
      find: 'if (v != VERDICT_NEXT && v != PASS_UNMANAGED)',
      replace: 'if (false)',
    },
    {
      name: 'unreadable-passes-to-pods',
      fault: 'a packet that cannot be read as far as its ports passes to the stack and to a pod',
      find: 'return is_for_this_node(pkt) ? failure : PASS_UNMANAGED;',
      replace: 'return PASS_UNMANAGED;',
    },
    {
      name: 'priority-tag-passes',
      fault: 'a frame with an 802.1p tag passes unread',
      find: 'v = vlan_pop_priority(ctx);',
      replace: 'v = VERDICT_NEXT;',
    },
    {
      name: 'plain-source-not-checked',
      fault: 'what comes plain may have any source',
      find: 'enum verdict v = underlay_antispoof(pkt, ctx->ifindex);',
      replace: 'enum verdict v = VERDICT_NEXT;',
    },
    {
      name: 'tunnel-destination-not-found',
      fault: "a node's flow by its tunnel is not noted",
      find: 'receive_record_tunnel(pkt, &tunnel);',
      replace: ';',
    },
  ]),
  ...mutantsOf('bpf/uplink_xdp.bpf.c', [
    {
      name: 'xdp-judges-for-one-pod',
      fault: 'XDP drops what only this pod refuses',
      find: ' || !(query.verdict.flags & RULE_EVERY_POD)',
      replace: '',
    },
    {
      name: 'xdp-drops-known-flow',
      fault: 'XDP drops the answer to what a pod asked',
      find: '\tif (pkt->ct.state == FLOW_FOUND)\n\t\treturn VERDICT_NEXT;\n',
      replace: '',
    },
    {
      name: 'xdp-judges-fragments',
      fault: 'XDP judges a fragment',
      find: ' || pkt->fragment != FRAGMENT_WHOLE',
      replace: '',
    },
    {
      name: 'xdp-judges-errors',
      fault: 'XDP judges an ICMP error by itself',
      find: ' || flow_is_icmp_error(pkt)',
      replace: '',
    },
    {
      name: 'xdp-rule-not-told',
      fault: 'the rule by which XDP drops is not told',
      find: 'pkt->ct.rule = query.verdict.rule;',
      replace: ';',
    },
    {
      name: 'xdp-strangers-miscounted',
      fault: "strangers are counted as another hook's drops",
      find: 'metrics_count(HOOK_UPLINK_XDP, DROP_TUNNEL_SOURCE',
      replace: 'metrics_count(HOOK_UPLINK_RX, DROP_TUNNEL_SOURCE',
    },
  ]),
];
