// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx egress of a pod's host-side veth: what the host's own stack hands to a pod. */
#include "lib/ctx_skb.h"

#include "lib/finish.h"
#include "lib/host_path.h"
#include "lib/native.h"
#include "lib/parse_ipv6.h"

/* Does the forward hook's work where that is missing. What the node itself sends has no ingress. */
static __always_inline enum verdict check_forwarded(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v;

	if (CONFIG_GET(forward_hook) || !ctx->ingress_ifindex)
		return PASS_POD;
	if (parse_frame(ctx, pkt, 0) != VERDICT_NEXT || pkt->family == L3_NONE)
		return PASS_POD;
	v = native_check_forwarded(pkt, ctx->ingress_ifindex);
	if (v != VERDICT_NEXT)
		return v;
	host_path_remember(ctx, pkt);
	return PASS_POD;
}

SEC("tc")
int pod_rx(struct __sk_buff *ctx)
{
	struct packet pkt = { .bytes = ctx_length(ctx), .segment = CONFIG_GET(segment) };

	return finish(&pkt, HOOK_POD_RX, check_forwarded(ctx, &pkt));
}

char _license[] SEC("license") = "Dual BSD/GPL";
