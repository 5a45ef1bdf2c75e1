// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whether this node itself has made a packet that leaves by a device. */
#pragma once

#include "lib/parse_ipv6.h"

/* Fragments of an IPv6 datagram that the stack forwards may have lost the device that it came in
 * by: ip6_copy_metadata() does not copy skb_iif, as ip_copy_metadata() does. They have no socket.
 */
static __always_inline bool sender_may_be_another(ctx_t *ctx)
{
	__u8 next_header = 0;

	if (ctx->sk || ctx->protocol != bpf_htons(ETH_P_IPV6))
		return false;
	return ctx_load(ctx, ETH_HLEN + offsetof(struct ipv6hdr, nexthdr), &next_header,
			sizeof(next_header)) &&
	       ipv6_is_extension(next_header);
}

/* What this node makes came in by no device. */
static __always_inline bool sender_is_node(ctx_t *ctx)
{
	return !ctx->ingress_ifindex && !sender_may_be_another(ctx);
}
