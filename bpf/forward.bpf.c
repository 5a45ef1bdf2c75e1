// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Netfilter's FORWARD, after DNAT and before SNAT: flows that the host's stack forwards. */
#include "lib/ctx_netfilter.h"

#include "abi/config.h"
#include "lib/finish.h"
#include "lib/host_path.h"
#include "lib/parse_ipv6.h"

/* A packet of which nothing can be said is netfilter's own to judge. */
static __always_inline enum verdict parse(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v = ctx_is_ipv4(ctx) ? parse_ipv4(ctx, pkt) : parse_ipv6(ctx, pkt);

	return v == VERDICT_NEXT ? VERDICT_NEXT : PASS_FOREIGN;
}

SEC("netfilter")
int forward(struct bpf_nf_ctx *ctx)
{
	struct packet pkt = { .bytes = ctx_length(ctx), .segment = CONFIG_GET(segment) };
	enum verdict v = parse(ctx, &pkt);

	if (v == VERDICT_NEXT)
		v = host_path_remember(ctx, &pkt);
	return finish(&pkt, HOOK_FORWARD, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
