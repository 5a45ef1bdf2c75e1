// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Netfilter's POST_ROUTING, after SNAT: packets that the host stack forwards out of devices without
 * a program (a NIC of your own); new connections' source ports. */
#include "lib/ctx_netfilter.h"

#include "lib/begin.h"
#include "lib/finish.h"
#include "lib/forwarded.h"
#include "lib/iface.h"
#include "lib/parse_netfilter.h"

/* The device that the packet was received by; 0: this node itself sends it. At POST_ROUTING the
 * hook's own `in` is set for either. A function of its own: the compiler would move the context's
 * pointer, which the verifier does not follow. */
static __noinline __u32 received_ifindex(struct bpf_nf_ctx *ctx)
{
	return ctx->skb->skb_iif;
}

/* overlay_tx, pod_rx and uplink_tx verify packets that leave by their devices, if they get to see
 * them. An uplink that uplink_tx is not yet attached to, or not any more, is as any other device.
 */
static __always_inline bool is_verified_elsewhere(ctx_t *ctx)
{
	__u32 ifindex = ctx_egress_ifindex(ctx);
	const struct iface *iface = iface_lookup(ifindex);

	if (ctx_is_to_be_wrapped(ctx))
		return false;
	return ifindex == CONFIG_GET(overlay_ifindex) || iface_is(iface, IFACE_POD) ||
	       (iface_is(iface, IFACE_UPLINK) && (iface->flags & IFACE_GUARDED));
}

/* The source port that netfilter has chosen may belong to a redirected flow that netfilter has no
 * entry of. Dropped before netfilter confirms its choice, the packet gets another port when it is
 * retransmitted. */
static __always_inline enum verdict check_tuple(ctx_t *ctx, struct packet *pkt)
{
	bool taken;

	if (!CONFIG_GET(ct_insert) || pkt->protocol != IPPROTO_TCP ||
	    !(pkt->ct.tcp_events & TRANSPORT_OPENS) || !netfilter_forward_tuple(ctx, pkt) ||
	    !netfilter_has_changed(pkt))
		return VERDICT_NEXT;
	ct_lookup(ctx, pkt);
	taken = pkt->ct.state == FLOW_FOUND && ct_is_originator(&pkt->ct) &&
		!ct_is_via_stack(&pkt->ct);
	ct_reset(&pkt->ct);
	pkt->ct.key_reversed = false;
	return taken ? DROP_TUPLE_TAKEN : VERDICT_NEXT;
}

SEC("netfilter")
int postrouting(struct bpf_nf_ctx *ctx)
{
	struct packet pkt = begin(ctx, HOOK_POSTROUTING);
	bool elsewhere = is_verified_elsewhere(ctx);
	enum verdict v = PASS_UNMANAGED;

	/* What this node itself sends is not forwarded. */
	if (received_ifindex(ctx) && (!elsewhere || netfilter_is_new(ctx)))
		v = parse_forwarded(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = check_tuple(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = elsewhere ? PASS_UNMANAGED : forwarded_verify(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = host_path_matters(&pkt) ? PASS_HOST_PATH : PASS_UNMANAGED;
	return finish(&pkt, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
