// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_ct_unassured, hd_ct: which flow a packet belongs to, and what is known of it. */
#pragma once

#include "abi/config.h"
#include "abi/conntrack.h"
#include "lib/event.h"
#include "lib/conntrack_numbers.h"
#include "lib/flow.h"
#include "lib/quote.h"

#define NSEC_PER_SEC 1000000000LL

enum {
	/* Of datagrams: what the responder says afterwards is no answer any more. */
	CONNTRACK_SILENCE_S = 10,
	CONNTRACK_FIN_BOTH = CONNTRACK_FIN_OPENER | CONNTRACK_FIN_RESPONDER,
	CONNTRACK_RESET_ANY = CONNTRACK_RESET_OPENER | CONNTRACK_RESET_RESPONDER,
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, struct conntrack);
} hd_ct_unassured SEC(".maps");

/* Preallocated: an insertion never asks the kernel for memory. Rows are freed by conntrack_room.h.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, struct conntrack);
} hd_ct SEC(".maps");

static __always_inline bool conntrack_is_connection(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP;
}

static __always_inline bool conntrack_has_ended(__u32 flags)
{
	return (flags & CONNTRACK_FIN_BOTH) == CONNTRACK_FIN_BOTH;
}

static __always_inline bool conntrack_is_closed(__u32 flags)
{
	return (flags & CONNTRACK_RESET_ANY) || conntrack_has_ended(flags);
}

/* Seconds of silence after which a flow is over. */
static __always_inline __u32 conntrack_timeout_s(__u8 protocol, __u32 flags)
{
	if (flags & CONNTRACK_RESET_ANY)
		return CONFIG_GET(ct_reset_s);
	if (conntrack_has_ended(flags))
		return CONFIG_GET(ct_closed_s);
	if (parse_is_icmp(protocol))
		return CONFIG_GET(ct_echo_s);
	if (!conntrack_is_connection(protocol))
		return flags & CONNTRACK_ASSURED ? CONFIG_GET(ct_datagram_s)
						 : CONFIG_GET(ct_unassured_s);
	if (!(flags & (CONNTRACK_ASSURED | CONNTRACK_MIDSTREAM)))
		return CONFIG_GET(ct_unassured_s);
	return flags & CONNTRACK_FIN_BOTH ? CONFIG_GET(ct_half_closed_s)
					  : CONFIG_GET(ct_established_s);
}

static __always_inline __s64 conntrack_timeout(__u8 protocol, __u32 flags)
{
	return conntrack_timeout_s(protocol, flags) * NSEC_PER_SEC;
}

/* Nanoseconds until the flow is over; another CPU's clock may be a moment ahead. */
static __always_inline __s64 conntrack_remaining(const struct flow *flow,
						 const struct conntrack *entry, __u64 now)
{
	return conntrack_timeout(flow->protocol, entry->flags) - (__s64)(now - entry->seen_ns);
}

/* Takes over what is known. The packet may still be refused, so nothing is written here. */
static __always_inline void conntrack_take(struct tracked *ct, const struct conntrack *entry,
					   __u64 now)
{
	/* At most once a second: a store per packet would bounce the cache line between CPUs. */
	if ((__s64)(now - entry->seen_ns) > NSEC_PER_SEC)
		ct->changed |= CHANGED_SEEN;
	if ((__s64)(now - entry->seen_ns) > CONNTRACK_SILENCE_S * NSEC_PER_SEC)
		ct->changed |= SEEN_LONG_AGO;
	conntrack_take_end(ct, entry);
	ct->state = FLOW_FOUND;
	ct->flags = entry->flags & ~CONNTRACK_MOVING;
	ct->node_id = entry->node_id;
	ct->source_generation = entry->source_generation;
	ct->destination_generation = entry->destination_generation;
	ct->source_rule = entry->source_rule;
	ct->destination_rule = entry->destination_rule;
}

static __always_inline bool conntrack_is_over(const struct flow *key, const struct conntrack *entry,
					      __u64 now)
{
	return !entry || conntrack_remaining(key, entry, now) <= 0;
}

/* What is known of the flow; NULL if it is over. Between the two look-ups another CPU may have
 * moved it to hd_ct. */
static __always_inline const struct conntrack *conntrack_get(const struct flow *key, __u64 now)
{
	const struct conntrack *entry = bpf_map_lookup_elem(&hd_ct, key);

	if (!conntrack_is_over(key, entry, now))
		return entry;
	entry = bpf_map_lookup_elem(&hd_ct_unassured, key);
	if (!entry)
		entry = bpf_map_lookup_elem(&hd_ct, key);
	return conntrack_is_over(key, entry, now) ? NULL : entry;
}

/* Whether the end that sends this packet opened the flow. */
static __always_inline bool conntrack_is_opener(const struct tracked *ct)
{
	if (ct->state != FLOW_FOUND)
		return true;
	return ct->swapped == !!(ct->flags & CONNTRACK_FROM_DESTINATION);
}

/* The flag that sends packets of this direction, or of the other one, through the host's stack. */
static __always_inline __u32 conntrack_host_path_flag(const struct tracked *ct, bool other)
{
	return ct->swapped == other ? CONNTRACK_HOST_PATH : CONNTRACK_HOST_PATH_BACK;
}

static __always_inline bool conntrack_is_host_path(const struct tracked *ct)
{
	return ct->flags & conntrack_host_path_flag(ct, false);
}

/* A request to open a connection that is closed, that nobody saw open, or that the other end
 * opened: it must not pass for a part of that one. */
static __always_inline bool conntrack_is_reopened(const struct tracked *ct)
{
	if (!(ct->marks & TRANSPORT_OPENS) || ct->state != FLOW_FOUND)
		return false;
	return conntrack_is_closed(ct->flags) || (ct->flags & CONNTRACK_MIDSTREAM) ||
	       !conntrack_is_opener(ct);
}

static __always_inline void conntrack_forget(struct tracked *ct)
{
	ct->state = FLOW_NEW;
	ct->changed = 0;
	ct->flags = 0;
	ct->node_id = 0;
	ct->source_generation = 0;
	ct->destination_generation = 0;
	ct->source_rule = 0;
	ct->destination_rule = 0;
}

/* Of ICMP only an echo request opens a flow; whose ports are missing could be anybody's. */
static __always_inline bool conntrack_can_open(const struct tracked *ct)
{
	if (parse_is_icmp(ct->key.protocol))
		return ct->marks & TRANSPORT_OPENS;
	return !ct->ports_unknown;
}

/* Makes a tuple in the packet's direction a key. */
static __always_inline void conntrack_order_key(struct tracked *ct)
{
	ct->swapped = !flow_order(&ct->key);
	if (ct->swapped)
		flow_reverse(&ct->key);
}

/* The key as the kernel's map helpers take it from a function's argument: any memory is good enough
 * since kernel commit d1673304097c (6.2). A copy would cost every packet 10 ns. */
static __always_inline const struct flow *conntrack_key(const struct tracked *ct, struct flow *copy)
{
	if (!CONFIG_GET(keys_on_stack))
		return &ct->key;
	*copy = ct->key;
	return copy;
}

/* enum flow_state of the tuple that the key holds, in the packet's direction; what is known of it.
 */
__noinline int conntrack_find(struct tracked *ct)
{
	const struct conntrack *entry = NULL;
	__u64 now = ctx_now();
	const struct flow *key;
	struct flow copy;

	if (!ct)
		return FLOW_UNTRACKED;
	conntrack_order_key(ct);
	key = conntrack_key(ct, &copy);
	ct->state = FLOW_UNTRACKED;
	if (!ct->is_alone)
		entry = conntrack_get(key, now);
	if (entry) {
		conntrack_take(ct, entry, now);
		if (conntrack_is_reopened(ct))
			conntrack_forget(ct);
	} else if (!ct->is_error && conntrack_can_open(ct)) {
		ct->state = FLOW_NEW;
	}
	if (ct->traced)
		event_tell_flow(ct, EVENT_TRACE, STAGE_CONNTRACK, ct->flags);
	return ct->state;
}

static __always_inline bool conntrack_find_quoted(ctx_t *ctx, struct packet *pkt)
{
	struct tracked *ct = &pkt->ct;

	ct->is_error = true;
	ct->key.vni = pkt->vni;
	return quote_find_flow(ctx, ct, (const struct quote_ends *)pkt, pkt->l4_offset,
			       pkt->family == L3_IPV4) &&
	       conntrack_find(ct) == FLOW_FOUND;
}

/* Whose flow this is, and what is known of it. An ICMP error that belongs to none stands for
 * itself. */
static __always_inline enum verdict conntrack_lookup(ctx_t *ctx, struct packet *pkt)
{
	if (flow_is_icmp_error(pkt) && conntrack_find_quoted(ctx, pkt))
		return VERDICT_NEXT;
	flow_of_packet(pkt, &pkt->ct.key);
	conntrack_load_tag(ctx, pkt);
	pkt->ct.is_alone = flow_is_alone(pkt);
	conntrack_find(&pkt->ct);
	return VERDICT_NEXT;
}

/* The flow's first packet here opened none, so either end may have opened it. */
static __always_inline bool conntrack_is_midstream(const struct tracked *ct)
{
	if (ct->state == FLOW_FOUND)
		return ct->flags & CONNTRACK_MIDSTREAM;
	return ct->state == FLOW_NEW && conntrack_is_connection(ct->key.protocol) &&
	       !(ct->marks & TRANSPORT_OPENS);
}
