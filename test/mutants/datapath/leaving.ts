// Faults of what is checked where it leaves the node (bpf/uplink_tx.bpf.c), and of how our own packets are known there.
import { mutantsOf } from '../mutant.ts';

export const LEAVING_MUTANTS = [
  ...mutantsOf('bpf/uplink_tx.bpf.c', [
    {
      name: 'leaving-not-judged',
      fault: 'what leaves by the uplink past FORWARD is not evaluated',
      find: 'v = forwarded_verify_by(ctx, &pkt, find_tuple(ctx, &pkt));',
      replace: ';',
    },
    {
      name: 'own-leaving-judged',
      fault: 'what this node itself sends is evaluated as if forwarded',
      find: ' || sender_is_node(ctx))',
      replace: ')',
    },
    {
      name: 'sent-judged-again',
      fault: 'what our own programs send is evaluated a second time',
      find: 'if (!ctx_is_sent(ctx))',
      replace: 'if (true)',
    },
    {
      name: 'masqueraded-not-looked-up',
      fault: 'what a flow table has masqueraded is evaluated as a packet of the node',
      find: '\t       netfilter_find_forward_tuple(ctx, pkt);',
      replace: '\t       false;',
    },
    {
      name: 'leaving-tag-not-skipped',
      fault: 'a tag within the frame hides a packet from policy at the uplink',
      find: 'parse_frame(ctx, pkt, vlan_length(ctx));',
      replace: 'parse_frame(ctx, pkt, 0);',
    },
    {
      name: 'leaving-unreadable-passes',
      fault: 'what cannot be read as far as its ports, and is masqueraded, leaves',
      find: 'if (pkt->iface || endpoint_has_local_pod',
      replace: 'if (endpoint_has_local_pod',
    },
  ]),
  ...mutantsOf('bpf/pod_tx.bpf.c', [
    {
      name: 'mark-of-pod-kept',
      fault: 'a pod marks its packets as sent by our own programs',
      find: '\tctx_unmark_sent(ctx);\n',
      replace: '',
    },
  ]),
  ...mutantsOf('bpf/lib/ctx_skb.h', [
    {
      name: 'half-mark-taken',
      fault: 'half of the mark passes for the whole',
      find: 'return ctx->cb[CTX_SENT_AT] == CTX_SENT_FIRST &&\n\t       ctx->cb[CTX_SENT_AT + 1] == CTX_SENT_SECOND;',
      replace: 'return ctx->cb[CTX_SENT_AT] == CTX_SENT_FIRST;',
    },
  ]),
  ...mutantsOf('bpf/lib/netfilter_lookup.h', [
    {
      name: 'looked-up-direction-ignored',
      fault: 'an answer that a flow table sends counts as a question',
      find: 'if (opts.dir == NF_CT_DIR_ORIGINAL)',
      replace: 'if (false)',
    },
  ]),
  ...mutantsOf('bpf/lib/sender.h', [
    {
      name: 'lost-device-is-the-node',
      fault: 'a fragment that has lost its device counts as sent by the node',
      find: 'return !ctx->ingress_ifindex && !sender_may_be_another(ctx);',
      replace: 'return !ctx->ingress_ifindex;',
    },
  ]),
  ...mutantsOf('bpf/pod_rx.bpf.c', [
    {
      name: 'lost-device-is-forged',
      fault: "a fragment of a Service's flow that has lost its device is dropped at the pod",
      find: 'if (ctx->ingress_ifindex || sender_is_node(ctx))',
      replace: 'if (true)',
    },
  ]),
  ...mutantsOf('bpf/postrouting.bpf.c', [
    {
      name: 'wrapped-left-to-the-uplink',
      fault: 'what is wrapped behind netfilter is left to uplink_tx, which cannot read it',
      find: 'if (ctx_is_to_be_wrapped(ctx))',
      replace: 'if (false)',
    },
  ]),
  ...mutantsOf('bpf/lib/forwarded.h', [
    {
      name: 'later-piece-is-translated',
      fault: 'a later fragment, which has no ports, counts as translated',
      find: ' || pkt->fragment == FRAGMENT_LATER ||',
      replace: ' ||',
    },
  ]),
];
