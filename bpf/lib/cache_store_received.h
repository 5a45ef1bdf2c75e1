// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Caches what uplink_rx decided about a flow. */
#pragma once

#include "lib/cache_store.h"
#include "lib/tunnel.h"

/* Verified once. tunnel: NULL if the packet came without. */
__noinline int cache_store_received(struct ct_state *ct, const struct ethernet *ethernet,
				    const struct endpoint *endpoint, const struct tunnel *tunnel)
{
	struct cached_flow *flow;

	if (!ct || !ethernet || !endpoint)
		return 0;
	flow = cache_draft(ct, ethernet, tunnel ? ct->key.vni : NO_VNI);
	if (!flow)
		return 0;
	cache_set_pod(flow, endpoint);
	if (tunnel)
		flow->neighbour = tunnel->source;
	return cache_write(flow, ct);
}
