// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Validated packets at the uplink: removed from their tunnel and redirected, or passed on. */
#pragma once

#include "lib/cache_store_received.h"
#include "lib/receive.h"

/* bpf_skb_adjust_room() leaves SKB_GSO_UDP_TUNNEL in a super-packet's gso_type. A TCP socket
 * accepts that, but UDP, and any device that forwards it, would segment it as a tunnel packet: only
 * the kernel's vxlan clears the bit. Without the kernel's vxlan TCP keeps it: veths pass it on as
 * it is. */
static __always_inline bool receive_keeps_gso_tunnel(ctx_t *ctx, const struct packet *pkt,
						     enum verdict fwd_decision)
{
	if (!ctx_is_gso(ctx))
		return false;
	return pkt->protocol != IPPROTO_TCP ||
	       (fwd_decision != VERDICT_NEXT && CONFIG_GET(kernel_vxlan));
}

/* The flow's next packet may take the short way. */
static __always_inline void receive_cache(struct packet *pkt, const struct tunnel *tunnel)
{
	if (CONFIG_GET(flow_cache) && pkt->ct.settled && pkt->fragment == FRAGMENT_WHOLE)
		cache_store_received(&pkt->ct, &pkt->ethernet, pkt->endpoint, tunnel);
}

/* An encapsulated packet, the outer headers still on. */
static __always_inline enum verdict receive_tunnel(ctx_t *ctx, struct packet *pkt,
						   const struct tunnel *tunnel)
{
	enum verdict fwd_decision = receive_lookup(pkt), v;

	/* Left to the kernel's vxlan and, after it, to overlay_rx. */
	if (decap_is_impossible(pkt, tunnel) || receive_keeps_gso_tunnel(ctx, pkt, fwd_decision))
		return CONFIG_GET(kernel_vxlan) ? PASS_VALIDATED_TUNNEL : DROP_DECAP;
	if (fwd_decision == VERDICT_NEXT && decap_needs_device(pkt, tunnel))
		fwd_decision = REDIRECT_HOST;
	if (fwd_decision == VERDICT_NEXT)
		receive_cache(pkt, tunnel);
	v = decap_strip(ctx, pkt, tunnel);
	if (v != VERDICT_NEXT)
		return v;
	if (fwd_decision == VERDICT_NEXT)
		return receive_deliver(ctx, pkt);
	if (fwd_decision == PASS_SLOW_PATH && tunnel->reply_only &&
	    !decap_needs_device(pkt, tunnel))
		return redirect_pod_device(ctx, pkt);
	redirect_host(ctx, pkt);
	return fwd_decision;
}

/* Packets that came unencapsulated. Only those to pods are redirected. */
static __always_inline enum verdict receive_native(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v;

	pkt->endpoint = endpoint_find(pkt->vni, &pkt->destination);
	if (!endpoint_is(pkt->endpoint, ENDPOINT_LOCAL_POD))
		return PASS_UNMANAGED;
	v = receive_check(pkt);
	if (v == VERDICT_NEXT)
		v = receive_lookup(pkt);
	if (v != VERDICT_NEXT)
		return v;
	receive_cache(pkt, NULL);
	return receive_deliver(ctx, pkt);
}
