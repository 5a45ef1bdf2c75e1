// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Netfilter's LOCAL_IN, behind NAT and IPVS: what this node itself takes in. */
#include "lib/ctx_netfilter.h"

#include "lib/begin.h"
#include "lib/finish.h"
#include "lib/local_in.h"

/* Parse failure: dropped where a pod sent it, else left to the stack. */
static __always_inline enum verdict parse(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v = ctx_is_ipv4(ctx) ? parse_ipv4(ctx, pkt) : parse_ipv6(ctx, pkt);

	control_find_nonce(ctx, pkt);
	return v == VERDICT_NEXT || pkt->port ? v : PASS_FOREIGN;
}

SEC("netfilter")
int input(struct bpf_nf_ctx *ctx)
{
	struct packet pkt = begin(ctx, HOOK_INPUT);
	__u32 ifindex = ctx_ingress_ifindex(ctx);
	enum verdict v = PASS_FOREIGN;

	pkt.port = port_lookup(ifindex);
	if (pkt.port || !local_in_is_from_elsewhere(ifindex))
		v = parse(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = local_in_check(ctx, &pkt);
	return finish(&pkt, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
