// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets of a local pod: the forwarding decision, and sending. */
#pragma once

#include "lib/cache_store_sent.h"
#include "lib/policy_check.h"
#include "lib/encap.h"
#include "lib/endpoint.h"
#include "lib/fragment.h"
#include "lib/mtu.h"
#include "lib/route.h"
#include "lib/service_restore.h"

/* Only replies go to a node's own address, and into the tunnel that their flow came by. */
static __always_inline bool send_route_is_open(const struct packet *pkt, const struct route *route)
{
	if (!(route->flags & ROUTE_REPLY_ONLY))
		return true;
	return (pkt->ct.flags & CT_TUNNEL) && pkt->ct.node_id == route->node_id;
}

/* VERDICT_NEXT: to a local pod (endpoint) or to another node (route). `endpoint`: of the
 * destination. */
static __always_inline enum verdict forward_lookup(struct packet *pkt,
						   const struct endpoint *endpoint)
{
	const struct route *route;

	if (ct_is_via_stack(&pkt->ct))
		return PASS_HOST_PATH;
	if (endpoint_is(endpoint, ENDPOINT_LOCAL_HOST))
		return PASS_HOST;
	if (endpoint_is(endpoint, ENDPOINT_LOCAL_POD)) {
		pkt->endpoint = endpoint;
		return fragment_is_overtaken(pkt) ? PASS_FRAGMENT : VERDICT_NEXT;
	}
	route = route_find(pkt->vni, &pkt->destination);
	if (!route || route->kind == ROUTE_LOCAL || !send_route_is_open(pkt, route))
		return PASS_HOST;
	pkt->route = route;
	return fragment_is_overtaken(pkt) ? PASS_FRAGMENT : VERDICT_NEXT;
}

/* Policy of packets that netfilter may translate is checked after that, by the forward and input
 * hooks: policy sees the backend, not the virtual address. */
static __always_inline enum verdict send_check(struct packet *pkt, enum verdict fwd_decision)
{
	if (fwd_decision != VERDICT_NEXT && CONFIG_GET(forward_hook)) {
		pkt->ct.changed &= ~CHANGED_SEEN; /* the packet may still be dropped */
		return VERDICT_NEXT;
	}
	return policy_check(&pkt->ct, pkt->iface->pod_id, policy_pod_id(pkt->endpoint));
}

/* A foreign qdisc is attached at either end. Replies into a tunnel are redirected all the same: the
 * host stack has no route into the tunnel. */
static __always_inline bool send_is_slow(const struct packet *pkt)
{
	if (pkt->endpoint && (pkt->endpoint->flags & IFACE_SLOW_PATH))
		return true;
	return (pkt->iface->flags & IFACE_SLOW_PATH) && !(pkt->ct.flags & CT_TUNNEL);
}

static __always_inline enum verdict send_to_node(ctx_t *ctx, struct packet *pkt)
{
	const struct route *route = pkt->route;
	bool overlay = route->kind == ROUTE_OVERLAY;
	__u32 device = overlay ? CONFIG_GET(overlay_ifindex) : route->ifindex;

	if (pkt->ct.frag_to_stack == FRAGMENT_TOO_BIG || !mtu_fits(ctx, pkt, route->mtu, device)) {
		fragment_mark_too_big(pkt);
		return PASS_TOO_BIG;
	}
	ttl_decrement(ctx, pkt);
	if (overlay)
		return encap_send(ctx, pkt);
	redirect_uplink(ctx, pkt);
	return REDIRECT_DIRECT;
}

/* The flow's next packet may take the short way. */
static __always_inline void send_cache(ctx_t *ctx, struct packet *pkt)
{
	if (!CONFIG_GET(flow_cache) || !pkt->ct.settled || pkt->fragment != FRAGMENT_WHOLE ||
	    send_is_slow(pkt))
		return;
	cache_store_sent(&pkt->ct, &pkt->ethernet, pkt->route, pkt->endpoint,
			 pkt->route ? bpf_get_hash_recalc(ctx) : 0);
}

static __always_inline enum verdict send_packet(ctx_t *ctx, struct packet *pkt)
{
	if (send_is_slow(pkt))
		return PASS_SLOW_PATH;
	if (ttl_is_expired(pkt))
		return PASS_TTL;
	if (pkt->endpoint) {
		service_restore(ctx, pkt);
		return redirect_pod(ctx, pkt);
	}
	if (pkt->route)
		return send_to_node(ctx, pkt);
	return PASS_HOST;
}
