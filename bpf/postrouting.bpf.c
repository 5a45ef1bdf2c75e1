// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Netfilter's POST_ROUTING, behind SNAT: what the host's stack forwards out of devices that have no
 * program of ours (a direct route's uplink, others). */
#include "lib/ctx_netfilter.h"

#include "lib/begin.h"
#include "lib/finish.h"
#include "lib/forwarded.h"
#include "lib/parse_netfilter.h"
#include "lib/port.h"

/* The device that the packet was received by; 0: this node itself sends it. At POST_ROUTING the
 * hook's own `in` is set for either. A function of its own: the compiler would move the context's
 * pointer, which the verifier does not follow. */
static __noinline __u32 received_ifindex(struct bpf_nf_ctx *ctx)
{
	return ctx->skb->skb_iif;
}

/* overlay_tx and pod_rx prove what leaves by theirs, and what this node itself sends is not
 * forwarded. */
static __always_inline bool is_proven_elsewhere(ctx_t *ctx)
{
	__u32 ifindex = ctx_egress_ifindex(ctx);

	return !received_ifindex(ctx) || ifindex == CONFIG_GET(overlay_ifindex) ||
	       port_lookup(ifindex);
}

SEC("netfilter")
int postrouting(struct bpf_nf_ctx *ctx)
{
	struct packet pkt = begin(ctx, HOOK_POSTROUTING);
	enum verdict v = is_proven_elsewhere(ctx) ? PASS_FOREIGN : parse_forwarded(ctx, &pkt);

	if (v == VERDICT_NEXT)
		v = forwarded_prove(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = host_path_matters(&pkt) ? PASS_HOST_PATH : PASS_FOREIGN;
	return finish(&pkt, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
