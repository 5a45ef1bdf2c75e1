// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Caches what pod_tx decided about a flow. */
#pragma once

#include "lib/cache_store.h"
#include "lib/encap_headers.h"

static __always_inline void cache_set_headers(struct cached_flow *flow, const struct ct_state *ct,
					      const struct route *route, __u32 hash)
{
	struct encap_flow encap = {
		.route = route,
		.vni = ct->key.vni,
		.hash = hash,
		.inner_ipv4 = addr_is_ipv4(&ct->key.source),
	};

	if (addr_is_ipv4(&route->tunnel)) {
		flow->headers_length = ENCAP_IPV4_LENGTH;
		encap_fill_ipv4((struct encap_ipv4 *)flow->headers, &encap);
	} else {
		flow->headers_length = ENCAP_IPV6_LENGTH;
		encap_fill_ipv6((struct encap_ipv6 *)flow->headers, &encap);
	}
}

static __always_inline void cache_set_node(struct cached_flow *flow, const struct ct_state *ct,
					   const struct route *route, __u32 hash)
{
	flow->verdict = route->kind == ROUTE_OVERLAY ? REDIRECT_OVERLAY : REDIRECT_DIRECT;
	flow->ifindex = route->ifindex;
	flow->neighbour = route->next_hop;
	flow->mtu = route->mtu;
	if (route->kind == ROUTE_OVERLAY)
		cache_set_headers(flow, ct, route, hash);
}

/* One of route and endpoint is NULL. Verified once. */
__noinline int cache_store_sent(struct ct_state *ct, const struct ethernet *ethernet,
				const struct route *route, const struct endpoint *endpoint,
				__u32 hash)
{
	struct cached_flow *flow;

	if (!ct || !ethernet)
		return 0;
	flow = cache_draft(ct, ethernet, NO_VNI);
	if (!flow)
		return 0;
	if (endpoint)
		cache_set_pod(flow, endpoint);
	else if (route)
		cache_set_node(flow, ct, route, hash);
	else
		return 0;
	return cache_write(flow, ct);
}
