// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Validated packets from other nodes: redirected into the pod, or passed to the host stack. */
#pragma once

#include "lib/policy_check.h"
#include "lib/decap.h"
#include "lib/redirect.h"
#include "lib/fragment.h"
#include "lib/service_restore.h"
#include "lib/tunnel.h"

/* The forwarding decision. VERDICT_NEXT: redirect into the pod; else the host stack has the packet.
 */
static __always_inline enum verdict receive_lookup(const struct packet *pkt)
{
	if (!pkt->endpoint)
		return PASS_UNREACHABLE;
	if (pkt->endpoint->kind != ENDPOINT_LOCAL_POD)
		return REDIRECT_HOST;
	if (ct_is_via_stack(&pkt->ct))
		return PASS_HOST_PATH;
	if (fragment_is_overtaken(pkt))
		return PASS_FRAGMENT;
	if (ttl_is_expired(pkt))
		return PASS_TTL;
	if (pkt->endpoint->flags & IFACE_SLOW_PATH)
		return PASS_SLOW_PATH;
	return VERDICT_NEXT;
}

/* The source is a node's own address: replies must go back into the tunnel, and no fragment may go
 * to the host stack, where strict rp_filter drops it. ICMP errors have no replies. */
static __always_inline void receive_record_tunnel(struct packet *pkt, const struct tunnel *tunnel)
{
	if (tunnel->reply_only)
		pkt->ct.frag_to_stack = FRAGMENT_BY_FLOW;
	if (tunnel->reply_only && endpoint_is(pkt->endpoint, ENDPOINT_LOCAL_POD) &&
	    !flow_is_icmp_error(pkt))
		ct_set_tunnel(&pkt->ct, tunnel->node_id);
}

/* Policy of a pod of this node, unless the forward hook checks it: for flows that netfilter
 * translates back, and for datagrams that the host stack reassembles. */
static __always_inline enum verdict receive_check(struct packet *pkt)
{
	enum verdict v;

	if (!endpoint_is(pkt->endpoint, ENDPOINT_LOCAL_POD) || ct_is_via_stack(&pkt->ct) ||
	    (CONFIG_GET(forward_hook) && fragment_is_overtaken(pkt)))
		return VERDICT_NEXT;
	v = policy_check(&pkt->ct, NO_POD_ID, pkt->endpoint->pod_id);
	return v == VERDICT_NEXT ? ct_update(&pkt->ct, 0) : v;
}

static __always_inline enum verdict receive_deliver(ctx_t *ctx, struct packet *pkt)
{
	service_restore(ctx, pkt);
	return redirect_pod(ctx, pkt);
}

/* Packets that receive_tunnel() has sent through the overlay device. The decision is the same;
 * packets that needed the device alone are redirected to their pod now. */
static __always_inline enum verdict receive_handed_over(ctx_t *ctx, struct packet *pkt)
{
	const struct route *route = route_find(pkt->vni, &pkt->source);
	enum verdict fwd_decision;

	pkt->endpoint = endpoint_find(pkt->vni, &pkt->destination);
	if (!route || !pkt->endpoint)
		return PASS_VALIDATED_EARLIER;
	fwd_decision = receive_lookup(pkt);
	if (fwd_decision == VERDICT_NEXT)
		return receive_deliver(ctx, pkt);
	if (fwd_decision == PASS_SLOW_PATH && (route->flags & ROUTE_REPLY_ONLY))
		return redirect_pod_device(ctx, pkt);
	return PASS_VALIDATED_EARLIER;
}

/* Packets that the kernel decapsulated; the stack gets all others unchanged. */
static __always_inline enum verdict receive_decapsulated(ctx_t *ctx, struct packet *pkt,
							 const struct tunnel *tunnel)
{
	enum verdict fwd_decision = receive_lookup(pkt);

	if (fwd_decision == VERDICT_NEXT)
		return receive_deliver(ctx, pkt);
	if (fwd_decision == PASS_SLOW_PATH && tunnel->reply_only)
		return redirect_pod_device(ctx, pkt);
	if (ctx->pkt_type != PACKET_HOST)
		bpf_skb_change_type(ctx, PACKET_HOST);
	return fwd_decision == REDIRECT_HOST ? PASS_VALIDATED_TUNNEL : fwd_decision;
}
