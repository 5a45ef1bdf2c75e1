// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A pod's packet of a settled flow: what pod_tx does with it, by one look-up. */
#pragma once

#include "lib/encap_headers.h"
#include "lib/flow_cache.h"
#include "lib/metrics.h"

/* As mtu_fits(), for what the cache takes: of UDP no super-packets. */
static __always_inline bool cache_fits(ctx_t *ctx, const struct settled *packet, __u16 mtu)
{
	if (!ctx_is_gso(ctx))
		return ctx_length(ctx) - ETH_HLEN <= mtu;
	return packet->protocol == IPPROTO_TCP && packet->header_length + ctx->gso_size <= mtu;
}

/* The outer headers, and where the packet goes from here. */
struct cache_outer {
	union {
		struct encap_ipv4 ipv4;
		struct encap_ipv6 ipv6;
		__u8 bytes[CACHED_HEADERS_ROOM];
	};
	struct addr next_hop;
	__u32 ifindex;
	__u32 length;
};

/* False: the row was another flow's by then. */
static __always_inline bool cache_read_outer(const struct cached_flow *flow,
					     const struct settled *packet,
					     struct cache_outer *outer)
{
	outer->next_hop = flow->neighbour;
	outer->ifindex = flow->ifindex;
	outer->length = flow->headers_length;
	__builtin_memcpy(outer->bytes, flow->headers, sizeof(outer->bytes));
	return cache_was_own(flow, packet);
}

/* False: the packet is as it was. */
static __always_inline bool cache_encap(ctx_t *ctx, const struct settled *packet,
					struct cache_outer *outer)
{
	bool ipv4 = outer->length == ENCAP_IPV4_LENGTH;
	__u32 length = ctx_length(ctx) - ETH_HLEN + outer->length;

	if (length > IP_LENGTH_MAX || encap_make_room(ctx, ipv4))
		return false;
	if (ipv4)
		encap_write_ipv4(ctx, &outer->ipv4, packet->dsfield, length);
	else
		encap_write_ipv6(ctx, &outer->ipv6, packet->dsfield, length);
	encap_write_ethertype(ctx, ipv4, packet->is_ipv4);
	return true;
}

static __always_inline int cache_send_to_node(ctx_t *ctx, const struct settled *packet,
					      const struct cached_flow *flow)
{
	struct cache_outer outer;

	if (!cache_fits(ctx, packet, flow->mtu) || !cache_read_outer(flow, packet, &outer))
		return CACHE_MISS;
	if (outer.length && !cache_encap(ctx, packet, &outer))
		return CACHE_MISS;
	settled_decrement_ttl(ctx, ETH_HLEN + outer.length, packet);
	redirect_neighbour(ctx, outer.ifindex, &outer.next_hop);
	return ACTION_REDIRECT;
}

static __always_inline int cache_send_to_pod(ctx_t *ctx, const struct settled *packet,
					     const struct cached_flow *flow)
{
	struct cache_pod pod;

	if (!cache_read_pod(flow, packet, &pod))
		return CACHE_MISS;
	cache_redirect_pod(ctx, packet, &pod);
	return ACTION_REDIRECT;
}

/* enum ctx_action, or CACHE_MISS: then the packet is as it was. Verified once. */
__noinline int cache_send(struct __sk_buff *ctx)
{
	const struct ethernet *ethernet = settled_at(ctx, 0, sizeof(*ethernet));
	struct settled packet = {};
	const struct cached_flow *flow;
	__u32 bytes = ctx_length(ctx);
	enum verdict verdict;
	int action;

	if (!ethernet || ctx_is_tagged(ctx) || ctx->pkt_type != PACKET_HOST ||
	    !settled_set_family(&packet, ethernet->ethertype) ||
	    !settled_read(ctx, ETH_HLEN, &packet))
		return CACHE_MISS;
	settled_complete_key(&packet, ctx_ifindex(ctx), NO_VNI);
	flow = cache_find(&packet);
	if (!flow || !cache_has_macs(ctx, flow))
		return CACHE_MISS;
	verdict = flow->verdict;
	action = verdict == REDIRECT_POD ? cache_send_to_pod(ctx, &packet, flow)
					 : cache_send_to_node(ctx, &packet, flow);
	if (action != CACHE_MISS)
		metrics_count(HOOK_POD_TX, verdict, bytes);
	return action;
}
