// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_ct_unassured, hd_ct: the flow that a packet belongs to, and its entry. */
#pragma once

#include "abi/config.h"
#include "abi/conntrack.h"
#include "lib/event.h"
#include "lib/ct_numbers.h"
#include "lib/flow.h"
#include "lib/quote.h"

#define NSEC_PER_SEC 1000000000LL

enum {
	/* Of datagrams: after that silence a packet of the responder opens a flow of its own. */
	CT_SILENCE_S = 10,
	CT_FIN_BOTH = CT_FIN_ORIGINATOR | CT_FIN_RESPONDER,
	CT_RESET_ANY = CT_RESET_ORIGINATOR | CT_RESET_RESPONDER,
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, struct ct_entry);
} hd_ct_unassured SEC(".maps");

/* Preallocated: an insertion allocates no memory. Rows are freed by ct_gc.h. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, struct ct_entry);
} hd_ct SEC(".maps");

static __always_inline bool ct_is_connection(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP;
}

static __always_inline bool ct_has_ended(__u32 flags)
{
	return (flags & CT_FIN_BOTH) == CT_FIN_BOTH;
}

static __always_inline bool ct_is_closed(__u32 flags)
{
	return (flags & CT_RESET_ANY) || ct_has_ended(flags);
}

/* Seconds without a packet after which a flow expires. */
static __always_inline __u32 ct_timeout_s(__u8 protocol, __u32 flags)
{
	if (flags & CT_RESET_ANY)
		return CONFIG_GET(ct_reset_s);
	if (ct_has_ended(flags))
		return CONFIG_GET(ct_closed_s);
	if (parse_is_icmp(protocol))
		return CONFIG_GET(ct_echo_s);
	if (!ct_is_connection(protocol))
		return flags & CT_ASSURED ? CONFIG_GET(ct_datagram_s) : CONFIG_GET(ct_unassured_s);
	if (!(flags & (CT_ASSURED | CT_MIDSTREAM)))
		return CONFIG_GET(ct_unassured_s);
	return flags & CT_FIN_BOTH ? CONFIG_GET(ct_half_closed_s) : CONFIG_GET(ct_established_s);
}

static __always_inline __s64 ct_timeout(__u8 protocol, __u32 flags)
{
	return ct_timeout_s(protocol, flags) * NSEC_PER_SEC;
}

/* Nanoseconds until the flow expires; another CPU's clock may be slightly ahead. */
static __always_inline __s64 ct_remaining(const struct flow *flow, const struct ct_entry *entry,
					  __u64 now)
{
	return ct_timeout(flow->protocol, entry->flags) - (__s64)(now - entry->seen_ns);
}

/* Copies the entry into the state. The packet may still be dropped, so nothing is written here. */
static __always_inline void ct_read(struct ct_state *ct, const struct ct_entry *entry, __u64 now)
{
	/* At most once a second: a store per packet would bounce the cache line between CPUs. */
	if ((__s64)(now - entry->seen_ns) > NSEC_PER_SEC)
		ct->changed |= CHANGED_SEEN;
	if ((__s64)(now - entry->seen_ns) > CT_SILENCE_S * NSEC_PER_SEC)
		ct->changed |= SEEN_LONG_AGO;
	ct_read_numbers(ct, entry);
	ct->state = FLOW_FOUND;
	ct->flags = entry->flags & ~CT_MOVING;
	ct->node_id = entry->node_id;
	ct->source_generation = entry->source_generation;
	ct->destination_generation = entry->destination_generation;
	ct->source_rule = entry->source_rule;
	ct->destination_rule = entry->destination_rule;
}

static __always_inline bool ct_is_expired(const struct flow *key, const struct ct_entry *entry,
					  __u64 now)
{
	return !entry || ct_remaining(key, entry, now) <= 0;
}

/* The flow's entry; NULL if it has expired. Between the two look-ups another CPU may have moved it
 * to hd_ct. */
static __always_inline const struct ct_entry *ct_get(const struct flow *key, __u64 now)
{
	const struct ct_entry *entry = bpf_map_lookup_elem(&hd_ct, key);

	if (!ct_is_expired(key, entry, now))
		return entry;
	entry = bpf_map_lookup_elem(&hd_ct_unassured, key);
	if (!entry)
		entry = bpf_map_lookup_elem(&hd_ct, key);
	return ct_is_expired(key, entry, now) ? NULL : entry;
}

/* The flow's entry to write to, also if it has expired; NULL: none. */
static __always_inline struct ct_entry *ct_entry_of(const struct flow *key)
{
	struct ct_entry *entry = bpf_map_lookup_elem(&hd_ct, key);

	return entry ?: bpf_map_lookup_elem(&hd_ct_unassured, key);
}

/* Whether the end that sends this packet opened the flow. */
static __always_inline bool ct_is_originator(const struct ct_state *ct)
{
	if (ct->state != FLOW_FOUND)
		return true;
	return ct->key_reversed == !!(ct->flags & CT_ORIG_IS_KEY_DST);
}

/* The flag that sends packets of this direction, or of the other one, through the host stack. */
static __always_inline __u32 ct_via_stack_flag(const struct ct_state *ct, bool other)
{
	return ct->key_reversed == other ? CT_VIA_STACK_ORIG : CT_VIA_STACK_REPLY;
}

static __always_inline bool ct_is_via_stack(const struct ct_state *ct)
{
	return ct->flags & ct_via_stack_flag(ct, false);
}

/* A SYN or INIT on the tuple of a connection that is closed, was picked up midstream, or was opened
 * by the other end: it opens a new flow. */
static __always_inline bool ct_is_reopened(const struct ct_state *ct)
{
	if (!(ct->tcp_events & TRANSPORT_OPENS) || ct->state != FLOW_FOUND)
		return false;
	return ct_is_closed(ct->flags) || (ct->flags & CT_MIDSTREAM) || !ct_is_originator(ct);
}

static __always_inline void ct_reset(struct ct_state *ct)
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

/* Of ICMP only an echo request opens a flow; a packet without ports could be of any flow. */
static __always_inline bool ct_can_open(const struct ct_state *ct)
{
	if (parse_is_icmp(ct->key.protocol))
		return ct->tcp_events & TRANSPORT_OPENS;
	return !ct->frag_no_ports;
}

/* Makes a tuple in the packet's direction a key. */
static __always_inline void ct_order_key(struct ct_state *ct)
{
	ct->key_reversed = !flow_order(&ct->key);
	if (ct->key_reversed)
		flow_reverse(&ct->key);
}

/* The key as the kernel's map helpers take it from a function's argument: any memory is good enough
 * since kernel commit d1673304097c (6.2). A copy would cost every packet 10 ns. */
static __always_inline const struct flow *ct_key(const struct ct_state *ct, struct flow *copy)
{
	if (!CONFIG_GET(old_verifier_keys))
		return &ct->key;
	*copy = ct->key;
	return copy;
}

/* enum flow_state of the tuple in the key, which is in the packet's direction. Orders the key. */
__noinline int ct_find(struct ct_state *ct)
{
	const struct ct_entry *entry = NULL;
	__u64 now = ctx_now();
	const struct flow *key;
	struct flow copy;

	if (!ct)
		return FLOW_UNTRACKED;
	ct_order_key(ct);
	key = ct_key(ct, &copy);
	ct->state = FLOW_UNTRACKED;
	if (!ct->untrackable)
		entry = ct_get(key, now);
	if (entry) {
		ct_read(ct, entry, now);
		if (ct_is_reopened(ct))
			ct_reset(ct);
	} else if (!ct->is_error && ct_can_open(ct)) {
		ct->state = FLOW_NEW;
	}
	if (ct->traced)
		event_emit_flow(ct, EVENT_TRACE, STAGE_CONNTRACK, ct->flags);
	return ct->state;
}

static __always_inline bool ct_find_quoted(ctx_t *ctx, struct packet *pkt)
{
	struct ct_state *ct = &pkt->ct;

	ct->is_error = true;
	ct->key.vni = pkt->vni;
	return quote_find_flow(ctx, ct, (const struct quote_ends *)pkt, pkt->l4_offset,
			       pkt->family == L3_IPV4) &&
	       ct_find(ct) == FLOW_FOUND;
}

/* Finds the packet's flow. An ICMP error belongs to the flow of the packet that it quotes; one that
 * quotes none is untrackable. */
static __always_inline enum verdict ct_lookup(ctx_t *ctx, struct packet *pkt)
{
	if (flow_is_icmp_error(pkt) && ct_find_quoted(ctx, pkt))
		return VERDICT_NEXT;
	flow_of_packet(pkt, &pkt->ct.key);
	ct_load_tag(ctx, pkt);
	pkt->ct.untrackable = flow_is_untrackable(pkt);
	ct_find(&pkt->ct);
	return VERDICT_NEXT;
}

/* The flow's first packet here opened none, so either end may have opened it. */
static __always_inline bool ct_is_midstream(const struct ct_state *ct)
{
	if (ct->state == FLOW_FOUND)
		return ct->flags & CT_MIDSTREAM;
	return ct->state == FLOW_NEW && ct_is_connection(ct->key.protocol) &&
	       !(ct->tcp_events & TRANSPORT_OPENS);
}
