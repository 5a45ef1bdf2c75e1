// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_unanswered, hd_conntrack: which flow a packet belongs to, and what is known of it. */
#pragma once

#include "abi/config.h"
#include "abi/conntrack.h"
#include "lib/event.h"
#include "lib/flow.h"
#include "lib/quote.h"

#define NSEC_PER_SEC 1000000000LL

/* Silence after which a flow is over; answered TCP as long as netfilter has it, for a flow that
 * goes through both (nf_conntrack_tcp_timeout_established). Nobody collects entries: an unanswered
 * one gives way to newer ones, an answered one has a timer. */
#define CONNTRACK_ESTABLISHED_NS (432000 * NSEC_PER_SEC)
#define CONNTRACK_HALF_CLOSED_NS (3600 * NSEC_PER_SEC)
#define CONNTRACK_CLOSED_NS	 (60 * NSEC_PER_SEC)
#define CONNTRACK_RESET_NS	 (10 * NSEC_PER_SEC)
#define CONNTRACK_DATAGRAM_NS	 (180 * NSEC_PER_SEC)
#define CONNTRACK_ECHO_NS	 (30 * NSEC_PER_SEC)
#define CONNTRACK_UNANSWERED_NS	 (60 * NSEC_PER_SEC)

enum {
	CONNTRACK_FIN_BOTH = CONNTRACK_FIN_OPENER | CONNTRACK_FIN_RESPONDER,
	CLOCK_MONOTONIC_ID = 1, /* CLOCK_MONOTONIC */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, struct conntrack);
} hd_unanswered SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct flow);
	__type(value, struct conntrack_answered);
} hd_conntrack SEC(".maps");

static __always_inline bool conntrack_is_connection(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP;
}

static __always_inline bool conntrack_is_closed(__u32 flags)
{
	return (flags & CONNTRACK_RESET) || (flags & CONNTRACK_FIN_BOTH) == CONNTRACK_FIN_BOTH;
}

static __always_inline __s64 conntrack_timeout(const struct flow *flow, __u32 flags)
{
	if (flags & CONNTRACK_RESET)
		return CONNTRACK_RESET_NS;
	if (conntrack_is_closed(flags))
		return CONNTRACK_CLOSED_NS;
	if (parse_is_icmp(flow->protocol))
		return CONNTRACK_ECHO_NS;
	if (!(flags & CONNTRACK_ANSWERED) && !(flags & CONNTRACK_PICKED_UP))
		return CONNTRACK_UNANSWERED_NS;
	if (!conntrack_is_connection(flow->protocol))
		return CONNTRACK_DATAGRAM_NS;
	return flags & CONNTRACK_FIN_BOTH ? CONNTRACK_HALF_CLOSED_NS : CONNTRACK_ESTABLISHED_NS;
}

/* Nanoseconds until the flow is over; another CPU's clock may be a moment ahead. */
static __always_inline __s64 conntrack_remaining(const struct flow *flow,
						 const struct conntrack *entry, __u64 now)
{
	return conntrack_timeout(flow, entry->flags) - (__s64)(now - entry->seen_ns);
}

static __always_inline struct conntrack *conntrack_get_answered(const struct flow *flow)
{
	struct conntrack_answered *answered = bpf_map_lookup_elem(&hd_conntrack, flow);

	return answered ? &answered->flow : NULL;
}

/* Takes over what is known, and renews the entry's time at most once a second: a store per packet
 * would bounce the cache line between CPUs. */
static __always_inline bool conntrack_take(struct tracked *ct, struct conntrack *entry, __u64 now)
{
	if (!entry || conntrack_remaining(&ct->key, entry, now) <= 0)
		return false;
	if (!ct->traced && (__s64)(now - entry->seen_ns) > NSEC_PER_SEC)
		entry->seen_ns = now;
	ct->state = FLOW_FOUND;
	ct->flags = entry->flags;
	ct->node_id = entry->node_id;
	ct->source_generation = entry->source_generation;
	ct->destination_generation = entry->destination_generation;
	ct->source_rule = entry->source_rule;
	ct->destination_rule = entry->destination_rule;
	return true;
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
	return conntrack_is_closed(ct->flags) || (ct->flags & CONNTRACK_PICKED_UP) ||
	       !conntrack_is_opener(ct);
}

static __always_inline void conntrack_forget(struct tracked *ct)
{
	ct->state = FLOW_NEW;
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
	__u64 now = ctx_now();
	const struct flow *key;
	struct flow copy;

	if (!ct)
		return FLOW_UNTRACKED;
	conntrack_order_key(ct);
	key = conntrack_key(ct, &copy);
	ct->state = FLOW_UNTRACKED;
	if (!ct->is_alone && (conntrack_take(ct, conntrack_get_answered(key), now) ||
			      conntrack_take(ct, bpf_map_lookup_elem(&hd_unanswered, key), now))) {
		if (conntrack_is_reopened(ct))
			conntrack_forget(ct);
	} else if (!ct->is_error && conntrack_can_open(ct)) {
		ct->state = FLOW_NEW;
	}
	if (ct->traced)
		event_tell_flow(ct, EVENT_TRACE, STAGE_CONNTRACK, ct->flags);
	return ct->state;
}

/* Whose flow an ICMP error is about: that of the packets which go the same way as the error does,
 * against the quoted one. It is told to whoever sent that, and to nobody else. */
static __always_inline bool conntrack_find_quoted(ctx_t *ctx, struct packet *pkt)
{
	struct tracked *ct = &pkt->ct;

	ct->is_error = true;
	ct->key.segment = pkt->segment;
	if (!quote_parse(ctx, pkt, ct))
		return false;
	flow_reverse(&ct->key);
	if (!addr_equal(&ct->key.destination, &pkt->destination) ||
	    !quote_is_from_path(pkt, &ct->key))
		return false;
	return conntrack_find(ct) == FLOW_FOUND;
}

/* Whose flow this is, and what is known of it. An ICMP error that belongs to none stands for
 * itself. */
static __always_inline enum verdict conntrack_lookup(ctx_t *ctx, struct packet *pkt)
{
	if (flow_is_icmp_error(pkt) && conntrack_find_quoted(ctx, pkt))
		return VERDICT_NEXT;
	flow_of_packet(pkt, &pkt->ct.key);
	pkt->ct.is_alone = flow_is_alone(pkt);
	conntrack_find(&pkt->ct);
	return VERDICT_NEXT;
}

/* Nobody saw the flow begin, so nobody knows who opened it. */
static __always_inline bool conntrack_is_picked_up(const struct tracked *ct)
{
	if (ct->state == FLOW_FOUND)
		return ct->flags & CONNTRACK_PICKED_UP;
	return ct->state == FLOW_NEW && conntrack_is_connection(ct->key.protocol) &&
	       !(ct->marks & TRANSPORT_OPENS);
}
