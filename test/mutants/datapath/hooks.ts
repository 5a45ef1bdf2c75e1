// Faults of the hooks themselves: which stages they have, what they count, and what they tell.
import { mutantsOf } from '../mutant.ts';

const hooks = [
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
      find: 'pkt->ct.state == FLOW_NEW ? CONNTRACK_FROM_NODE : 0',
      replace: '0',
    },
    {
      name: 'own-flow-noted-too-late',
      fault: 'this node’s answer makes the flow its own',
      find: 'pkt->ct.state == FLOW_NEW ? CONNTRACK_FROM_NODE : 0',
      replace: 'CONNTRACK_FROM_NODE',
    },
    {
      name: 'judged-flow-not-entered',
      fault: 'what the forward hook has judged is not entered as it leaves',
      find: '\tconntrack_commit(&pkt->ct, 0);\n',
      replace: '',
    },
    {
      name: 'forwarded-not-judged',
      fault: 'without the forward hook, nobody judges what is forwarded to a pod',
      find: 'if (CONFIG_GET(forward_hook) && ctx->ingress_ifindex)',
      replace: 'if (ctx->ingress_ifindex)',
    },
  ]),
  ...mutantsOf('bpf/forward.bpf.c', [
    {
      name: 'translated-tunnel-forwarded',
      fault: 'a pod may send VXLAN to a node by an address that netfilter translates',
      find: 'v = check_tunnel(&pkt);',
      replace: ';',
    },
    {
      name: 'tunnel-of-outside-refused',
      fault: 'VXLAN of whoever is no pod is refused at the forward hook',
      find: 'return endpoint_is(source, ENDPOINT_LOCAL_POD) ? source_check_tunnel(pkt) : VERDICT_NEXT;',
      replace: 'return source || true ? source_check_tunnel(pkt) : VERDICT_NEXT;',
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
      find: 'host_path_matters(&pkt) ? PASS_HOST_PATH : PASS_FOREIGN',
      replace: 'PASS_FOREIGN',
    },
  ]),
  ...mutantsOf('bpf/overlay_tx.bpf.c', [
    {
      name: 'tunnel-key-encapsulated-twice',
      fault: 'what was given to the kernel’s vxlan is encapsulated on its way there',
      find: 'kernel_vxlan_get_key(ctx, &remote, &vni) ? PASS_CHECKED : VERDICT_NEXT',
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
      fault: 'without the forward hook, nobody judges what is forwarded to the overlay',
      find: 'if (CONFIG_GET(forward_hook) || !ctx->ingress_ifindex)',
      replace: 'if (true)',
    },
  ]),
  ...mutantsOf('bpf/overlay_rx.bpf.c', [
    {
      name: 'handed-over-never-delivered',
      fault: 'what uplink_rx handed over for the device’s sake does not get to its pod',
      find: 'return receive_handed_over(ctx, pkt);',
      replace: 'return PASS_CHECKED;',
    },
    {
      name: 'decapsulated-not-judged',
      fault: 'what the kernel decapsulated is not judged',
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
      find: 'ctx->pkt_type == PACKET_OTHERHOST || ',
      replace: '',
    },
    {
      name: 'broadcast-frame-forwarded',
      fault: 'a link-layer broadcast is forwarded',
      find: 'v == VERDICT_NEXT && ctx->pkt_type == PACKET_HOST',
      replace: 'v == VERDICT_NEXT',
    },
    {
      name: 'unreadable-source-not-checked',
      fault: 'a packet that cannot be read as far as its ports may have any source',
      find: 'return v == VERDICT_NEXT ? PASS_FOREIGN : v;',
      replace: 'return PASS_FOREIGN;',
    },
    {
      name: 'plain-source-not-checked',
      fault: 'what comes plain may have any source',
      find: 'enum verdict v = native_check_source(pkt, ctx->ifindex);',
      replace: 'enum verdict v = VERDICT_NEXT;',
    },
    {
      name: 'tunnel-destination-not-found',
      fault: 'a node’s flow by its tunnel is not noted',
      find: 'receive_note_tunnel(pkt, &tunnel);',
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
      find: ' ||\n\t    flow_is_icmp_error(pkt)',
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
      fault: 'strangers are counted as another hook’s drops',
      find: 'metrics_count(HOOK_UPLINK_XDP, DROP_TUNNEL_SOURCE',
      replace: 'metrics_count(HOOK_UPLINK_RX, DROP_TUNNEL_SOURCE',
    },
  ]),
];

const told = [
  ...mutantsOf('bpf/lib/control.h', [
    {
      name: 'generation-not-read',
      fault: 'policy has one generation for ever',
      find: 'pkt->ct.generation = control->generation;',
      replace: 'pkt->ct.generation = 2;',
    },
    {
      name: 'listeners-of-another-kind',
      fault: 'who listens for one kind of event is told of the other',
      find: '(control->events & (1 << kind))',
      replace: '(control->events & (2 << kind))',
    },
    {
      name: 'second-half-of-nonce-ignored',
      fault: 'half of a trace’s nonce is enough',
      find: ' && nonce[1] == control->nonce[1]',
      replace: '',
    },
    {
      name: 'first-half-of-nonce-ignored',
      fault: 'the other half of a trace’s nonce is enough',
      find: 'nonce[0] == control->nonce[0] && ',
      replace: '',
    },
    {
      name: 'zeros-are-a-nonce',
      fault: 'while no trace is under way, a packet that ends with zeros is one',
      find: '!control->nonce[0] || ',
      replace: '',
    },
  ]),
  ...mutantsOf('bpf/lib/event.h', [
    {
      name: 'lost-event-uncounted',
      fault: 'an event that found no room is not counted',
      find: '(*lost)++;',
      replace: ';',
    },
    {
      name: 'event-of-key',
      fault: 'an event tells the ends in the order of the key',
      find: 'ct->swapped ? ct->key.destination : ct->key.source;',
      replace: 'ct->key.source;',
    },
    {
      name: 'event-ports-of-key',
      fault: 'an event tells the ports in the order of the key',
      find: 'ct->swapped ? ct->key.destination_port : ct->key.source_port;',
      replace: 'ct->key.source_port;',
    },
    {
      name: 'event-without-rule',
      fault: 'an event does not tell the rule',
      find: 'event->rule = ct->rule;',
      replace: ';',
    },
    {
      name: 'event-without-device',
      fault: 'an event does not tell the device',
      find: 'event->ifindex = ct->ifindex;',
      replace: ';',
    },
    {
      name: 'delivery-told-as-drop',
      fault: 'packets that pass are told to who listens for drops',
      find: 'verdict >= DROP_MALFORMED && control_wants',
      replace: 'control_wants',
    },
  ]),
  ...mutantsOf('bpf/lib/finish.h', [
    {
      name: 'traced-is-counted',
      fault: 'the packet of a trace is counted',
      find: 'if (!pkt->ct.traced)',
      replace: 'if (true)',
    },
    {
      name: 'drop-passes',
      fault: 'what is counted as dropped goes on',
      find: 'return ACTION_DROP;',
      replace: 'return ACTION_NEXT;',
    },
    {
      name: 'redirect-passes',
      fault: 'what is redirected goes on to the stack',
      find: 'pkt->redirected ? ACTION_REDIRECT : ACTION_NEXT',
      replace: 'ACTION_NEXT',
    },
  ]),
  ...mutantsOf('bpf/lib/metrics.h', [
    {
      name: 'counter-of-another-verdict',
      fault: 'the next verdict’s counter rises',
      find: 'hook * VERDICT_MAX + verdict',
      replace: 'hook * VERDICT_MAX + verdict + 1',
    },
    {
      name: 'bytes-uncounted',
      fault: 'bytes are not counted',
      find: 'metrics->bytes += bytes;',
      replace: ';',
    },
  ]),
];

const hostPath = [
  ...mutantsOf('bpf/lib/host_path.h', [
    {
      name: 'between-local-pods-not-noted',
      fault: 'what the stack forwards between two pods of this node may be answered past it',
      find: '\tif (from_pod && to_pod)\n\t\treturn true;\n',
      replace: '',
    },
    {
      name: 'forwarded-to-remote-pod-not-noted',
      fault: 'what the stack forwards to a remote pod may be answered past it',
      find: 'return route_is_shortcut(route_find(pkt->segment, &pkt->destination));',
      replace: 'return false;',
    },
    {
      name: 'forwarded-from-remote-pod-not-noted',
      fault: 'what the stack forwards from a remote pod may be answered past it',
      find: 'return route_is_shortcut(route_find(pkt->segment, &pkt->source));',
      replace: 'return false;',
    },
    {
      name: 'icmp-error-sets-host-path',
      fault: 'an ICMP message without an answer sends answers through the stack',
      find: '!parse_is_icmp(pkt->protocol) || (pkt->ct.marks & TRANSPORT_OPENS)',
      replace: 'true',
    },
    {
      name: 'answer-sets-host-path',
      fault: 'an answer through the stack sends the questions through it, too',
      find: ' ||\n\t    conntrack_is_host_path(&pkt->ct))',
      replace: ')',
    },
  ]),
  ...mutantsOf('bpf/lib/forwarded.h', [
    {
      name: 'refused-question-answered',
      fault: 'a flow whose question was refused after DNAT is answered as if it had been asked',
      find: 'if (forwarded_answers_nothing(&pkt->ct))',
      replace: 'if (false)',
    },
    {
      name: 'own-question-not-answered',
      fault: 'an answer to this node’s own question counts as a question',
      find: ' &&\n\t       !(ct->flags & CONNTRACK_FROM_NODE)',
      replace: '',
    },
    {
      name: 'forwarded-receiver-not-asked',
      fault: 'the receiver of what the stack forwards is not asked',
      find: 'v = admission_check(&pkt->ct, sender, receiver);',
      replace: 'v = admission_check(&pkt->ct, sender, NO_POD_SLOT);',
    },
    {
      name: 'forwarded-sender-not-asked',
      fault: 'the sender of what the stack forwards is not asked',
      find: 'v = admission_check(&pkt->ct, sender, receiver);',
      replace: 'v = admission_check(&pkt->ct, NO_POD_SLOT, receiver);',
    },
  ]),
];

export const HOOK_MUTANTS = [...hooks, ...told, ...hostPath];
