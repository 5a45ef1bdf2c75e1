// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx egress of a pod's host-side veth: what the host's own stack hands to a pod. */
#include "lib/ctx_skb.h"

#include "abi/config.h"
#include "lib/finish.h"
#include "lib/host_path.h"
#include "lib/parse_ipv6.h"

/* Where the forward hook is missing: ingress_ifindex tells a forwarded packet from the node's own.
 */
static __always_inline void note_host_path(ctx_t *ctx, struct packet *pkt)
{
	if (CONFIG_GET(forward_hook) || !ctx->ingress_ifindex)
		return;
	if (parse_frame(ctx, pkt, 0) == VERDICT_NEXT && pkt->family != L3_NONE)
		host_path_remember(ctx, pkt);
}

SEC("tc")
int pod_rx(struct __sk_buff *ctx)
{
	struct packet pkt = { .bytes = ctx_length(ctx), .segment = CONFIG_GET(segment) };

	note_host_path(ctx, &pkt);
	return finish(&pkt, HOOK_POD_RX, PASS_POD);
}

char _license[] SEC("license") = "Dual BSD/GPL";
