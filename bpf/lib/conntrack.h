// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_conntrack: flows whose packets must take a path that the tables alone would not choose. */
#pragma once

#include "abi/conntrack.h"
#include "lib/flow.h"

#define NSEC_PER_SEC 1000000000LL

/* No entry outlives netfilter's own (nf_conntrack_tcp_timeout_established, …udp_timeout_stream). */
#define CONNTRACK_TCP_TIMEOUT_NS   (432000 * NSEC_PER_SEC)
#define CONNTRACK_OTHER_TIMEOUT_NS (180 * NSEC_PER_SEC)

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, struct conntrack);
} hd_conntrack SEC(".maps");

/* The flow's live entry, its time renewed at most once a second: a store per packet would bounce
 * the cache line between CPUs. */
static __always_inline struct conntrack *conntrack_find(const struct flow *flow)
{
	struct conntrack *entry = bpf_map_lookup_elem(&hd_conntrack, flow);
	__u64 now;
	__s64 age; /* another CPU's clock may be a moment ahead */

	if (!entry)
		return NULL;
	now = bpf_ktime_get_ns();
	age = now - entry->seen_ns;
	if (age >
	    (flow->protocol == IPPROTO_TCP ? CONNTRACK_TCP_TIMEOUT_NS : CONNTRACK_OTHER_TIMEOUT_NS))
		return NULL;
	if (age > NSEC_PER_SEC)
		entry->seen_ns = now;
	return entry;
}

/* Enters the flow, or adds the flag to its entry. */
static __always_inline void conntrack_remember(const struct flow *flow, enum conntrack_flag flag,
					       __u32 node_id)
{
	struct conntrack *entry = conntrack_find(flow);
	struct conntrack fresh = { .flags = flag, .node_id = node_id };

	if (entry) {
		if ((entry->flags & flag) && entry->node_id == node_id)
			return;
		fresh.flags |= entry->flags;
	}
	fresh.seen_ns = bpf_ktime_get_ns();
	bpf_map_update_elem(&hd_conntrack, flow, &fresh, BPF_ANY);
}

/* What is known of the packet's flow. */
static __always_inline enum verdict conntrack_lookup(ctx_t *ctx, struct packet *pkt)
{
	struct flow flow = flow_of(ctx, pkt);
	const struct conntrack *entry = conntrack_find(&flow);

	if (entry) {
		pkt->flow_flags = entry->flags;
		pkt->flow_node_id = entry->node_id;
	}
	return VERDICT_NEXT;
}

/* A node's own address speaks through its tunnel: answers go back into it. */
static __always_inline void conntrack_remember_tunnel(ctx_t *ctx, const struct packet *pkt,
						      __u32 node_id)
{
	struct flow flow = flow_of(ctx, pkt);
	struct flow answer = flow_reversed(&flow);

	conntrack_remember(&answer, CONNTRACK_TUNNEL, node_id);
}
