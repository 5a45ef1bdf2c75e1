// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Writes a settled flow's row into the cache, once a packet of it took the long way. */
#pragma once

#include "lib/conntrack.h"
#include "lib/flow_cache.h"

/* How long a row may be used at most: then a packet renews the time of the flow's entry. */
#define CACHE_ASSURED_NS 1000000000ULL
/* Of a flow that an LRU map may evict: the map has to see that it is in use. */
#define CACHE_EVICTABLE_NS 100000000ULL

/* A row while it is put together: the stack has no room for one. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cached_flow);
} hd_cache_draft SEC(".maps");

/* Packets of the flow only go on, in both directions past the host's stack. */
static __always_inline bool cache_takes(const struct ct_state *ct, __u32 flags)
{
	if (flags & ~(CT_ASSURED | CT_SEEN_REPLY | CT_ORIG_IS_KEY_DST))
		return false;
	return ct->key.protocol == IPPROTO_UDP ||
	       (ct->key.protocol == IPPROTO_TCP && (flags & CT_ASSURED) &&
		(ct->tcp_events & TRANSPORT_ACK));
}

static __always_inline void cache_fill_key_ipv4(struct cache_key_ipv4 *key,
						const struct ct_state *ct, __u32 vni)
{
	bool reversed = ct->key_reversed;

	key->ifindex = ct->ifindex;
	key->vni = vni;
	key->source = reversed ? ct->key.destination.words[3] : ct->key.source.words[3];
	key->destination = reversed ? ct->key.source.words[3] : ct->key.destination.words[3];
	key->source_port = reversed ? ct->key.destination_port : ct->key.source_port;
	key->destination_port = reversed ? ct->key.source_port : ct->key.destination_port;
	key->protocol = ct->key.protocol;
}

static __always_inline void cache_fill_key_ipv6(struct cache_key_ipv6 *key,
						const struct ct_state *ct, __u32 vni)
{
	bool reversed = ct->key_reversed;

	key->ifindex = ct->ifindex;
	key->vni = vni;
	key->source = reversed ? ct->key.destination : ct->key.source;
	key->destination = reversed ? ct->key.source : ct->key.destination;
	key->source_port = reversed ? ct->key.destination_port : ct->key.source_port;
	key->destination_port = reversed ? ct->key.source_port : ct->key.destination_port;
	key->protocol = ct->key.protocol;
}

/* Until when, and under which conditions the row holds. */
static __always_inline void cache_fill_terms(struct cached_flow *flow, const struct ct_state *ct,
					     const struct ct_entry *entry, bool evictable)
{
	const struct ct_end *sender = ct_sender(ct, entry);

	flow->valid_until_ns = ctx_now() + (evictable ? CACHE_EVICTABLE_NS : CACHE_ASSURED_NS);
	flow->generation = ct->generation;
	flow->tables_epoch = ct->tables_epoch;
	flow->sequence = sender->sequence;
	flow->acknowledged = sender->acknowledged;
}

/* vni: of the tunnel that the packet came by, or NO_VNI. */
static __always_inline void cache_fill_key(struct cached_flow *flow, const struct ct_state *ct,
					   __u32 vni)
{
	if (addr_is_ipv4(&ct->key.source))
		cache_fill_key_ipv4((struct cache_key_ipv4 *)flow->key, ct, vni);
	else
		cache_fill_key_ipv6((struct cache_key_ipv6 *)flow->key, ct, vni);
}

/* A row for the packet's flow, without what the hook decided about it; NULL: the flow is not
 * cached. The epoch is read before the entry, so a change that follows makes the row void.
 * ethernet: as it came. */
static __always_inline struct cached_flow *cache_draft(const struct ct_state *ct,
						       const struct ethernet *ethernet, __u32 vni)
{
	__u32 epoch = flow_epoch_read(flow_epoch_row_of(&ct->key)), zero = 0;
	struct flow key = ct->key; /* ct_key() says why */
	const struct ct_entry *entry = bpf_map_lookup_elem(&hd_ct, &key);
	struct cached_flow *flow = bpf_map_lookup_elem(&hd_cache_draft, &zero);
	bool evictable = !entry;

	if (!entry)
		entry = bpf_map_lookup_elem(&hd_ct_unassured, &key);
	if (!flow || !entry || !cache_takes(ct, entry->flags))
		return NULL;
	__builtin_memset(flow, 0, sizeof(*flow));
	cache_fill_key(flow, ct, vni);
	cache_fill_terms(flow, ct, entry, evictable);
	flow->flow_epoch = epoch;
	flow->destination_mac = ethernet->destination;
	flow->source_mac = ethernet->source;
	return flow;
}

static __always_inline void cache_set_pod(struct cached_flow *flow, const struct endpoint *endpoint)
{
	flow->verdict = REDIRECT_POD;
	flow->ifindex = endpoint->ifindex;
	flow->pod_mac = endpoint->mac;
}

enum {
	CACHE_TERMS_AT = offsetof(struct cached_flow, generation),
	CACHE_TERMS_WORDS = (sizeof(struct cached_flow) - CACHE_TERMS_AT) / sizeof(__u64),
};

_Static_assert(CACHE_TERMS_AT % sizeof(__u64) == 0, "compared in words");

/* The row says what the draft does, but for time and numbers. */
static __always_inline bool cache_repeats(const struct cached_flow *row,
					  const struct cached_flow *draft)
{
	const __u64 *terms = (const void *)row + CACHE_TERMS_AT;
	const __u64 *wanted = (const void *)draft + CACHE_TERMS_AT;
	__u64 difference = 0;

	for (int i = 0; i < CACHE_TERMS_WORDS; i++)
		difference |= terms[i] ^ wanted[i];
	return !difference;
}

static __always_inline bool cache_renew(struct cached_flow *row, const struct cached_flow *draft)
{
	if (!row || !cache_repeats(row, draft))
		return false;
	row->sequence = draft->sequence;
	row->acknowledged = draft->acknowledged;
	row->valid_until_ns = draft->valid_until_ns;
	return true;
}

/* A row that says the same already gets the draft's time and numbers in place: that takes no lock
 * of the map. */
static __always_inline int cache_write(const struct cached_flow *flow, const struct ct_state *ct)
{
	if (addr_is_ipv4(&ct->key.source)) {
		if (cache_renew(bpf_map_lookup_elem(&hd_cache_ipv4, flow->key), flow))
			return 0;
		return bpf_map_update_elem(&hd_cache_ipv4, flow->key, flow, BPF_ANY);
	}
	if (cache_renew(bpf_map_lookup_elem(&hd_cache_ipv6, flow->key), flow))
		return 0;
	return bpf_map_update_elem(&hd_cache_ipv6, flow->key, flow, BPF_ANY);
}
