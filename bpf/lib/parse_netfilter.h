// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The packet at a netfilter hook: it begins with its IP header. */
#pragma once

#include "lib/control.h"
#include "lib/endpoint.h"
#include "lib/parse.h"
#include "lib/parse_ipv6.h"

/* enum verdict. Verified once; what struct packet points to is lost to the verifier. */
__noinline int parse_netfilter(struct bpf_nf_ctx *ctx, struct packet *pkt)
{
	enum verdict v;

	if (!pkt)
		return DROP_MALFORMED;
	v = ctx_is_ipv4(ctx) ? parse_ipv4(ctx, pkt) : parse_ipv6(ctx, pkt);
	trace_match(ctx, pkt);
	return v;
}

/* Of what the host's stack forwards. A parse failure skips policy: what concerns a pod of this
 * node, or may, is dropped. */
static __always_inline enum verdict parse_forwarded(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v = parse_netfilter(ctx, pkt);

	if (v == VERDICT_NEXT || pkt->family == L3_NONE ||
	    endpoint_has_local_pod(pkt->vni, &pkt->source, &pkt->destination))
		return v;
	return PASS_UNMANAGED;
}
