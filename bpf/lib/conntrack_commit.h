// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What an admitted packet changes about its flow: enters it, answers it, ends it. */
#pragma once

#include "lib/conntrack.h"

static int conntrack_expire(void *map, struct flow *key, struct conntrack_answered *answered)
{
	__s64 remaining = conntrack_remaining(key, &answered->flow, ctx_now());

	if (remaining <= 0)
		bpf_map_delete_elem(map, key);
	else
		bpf_timer_start(&answered->timer, remaining, 0);
	return 0;
}

static __always_inline void conntrack_start_timer(const struct flow *flow,
						  struct conntrack_answered *answered)
{
	bpf_timer_init(&answered->timer, &hd_conntrack, CLOCK_MONOTONIC_ID);
	bpf_timer_set_callback(&answered->timer, conntrack_expire);
	bpf_timer_start(&answered->timer, conntrack_timeout(flow, answered->flow.flags), 0);
}

/* Flags that this packet adds to its flow. */
static __always_inline __u32 conntrack_added_flags(const struct tracked *ct)
{
	bool opener = conntrack_is_opener(ct);
	__u32 flags = 0;

	if (ct->is_error)
		return 0;
	if (ct->marks & TRANSPORT_RESETS)
		return CONNTRACK_RESET;
	if (!opener)
		flags |= CONNTRACK_ANSWERED;
	if (ct->marks & TRANSPORT_ENDS)
		flags |= opener ? CONNTRACK_FIN_OPENER : CONNTRACK_FIN_RESPONDER;
	return flags;
}

static __always_inline void conntrack_write(struct conntrack *entry, const struct tracked *ct,
					    __u32 flags)
{
	entry->flags = flags;
	entry->node_id = ct->node_id;
	entry->source_generation = ct->source_generation;
	entry->destination_generation = ct->destination_generation;
	entry->source_rule = ct->source_rule;
	entry->destination_rule = ct->destination_rule;
}

/* From where newer flows would push it out to where only its own end does. Without room there it
 * stays. */
static __always_inline void conntrack_promote(const struct flow *flow,
					      const struct conntrack *entry)
{
	struct conntrack_answered answered = { .flow = *entry };
	struct conntrack_answered *kept;

	if (bpf_map_update_elem(&hd_conntrack, flow, &answered, BPF_ANY))
		return;
	kept = bpf_map_lookup_elem(&hd_conntrack, flow);
	if (!kept)
		return;
	conntrack_start_timer(flow, kept);
	bpf_map_delete_elem(&hd_unanswered, flow);
}

/* Notes what has changed about a known flow. */
static __always_inline void conntrack_update(const struct tracked *ct, __u32 flags)
{
	struct flow key = ct->key; /* conntrack_key() says why */
	struct conntrack_answered *answered = bpf_map_lookup_elem(&hd_conntrack, &key);
	struct conntrack *entry;

	if (answered) {
		conntrack_write(&answered->flow, ct, flags);
		if (flags & (CONNTRACK_FIN_BOTH | CONNTRACK_RESET))
			bpf_timer_start(&answered->timer, conntrack_timeout(&key, flags), 0);
		return;
	}
	entry = bpf_map_lookup_elem(&hd_unanswered, &key);
	if (!entry)
		return;
	conntrack_write(entry, ct, flags);
	if (flags & CONNTRACK_ANSWERED)
		conntrack_promote(&key, entry);
}

/* A node's own address speaks through its tunnel: answers go back into it. */
static __always_inline void conntrack_set_tunnel(struct tracked *ct, __u32 node_id)
{
	if ((ct->flags & CONNTRACK_TUNNEL) && ct->node_id == node_id)
		return;
	ct->flags |= CONNTRACK_TUNNEL;
	ct->node_id = node_id;
	ct->changed = true;
}

static __always_inline enum verdict conntrack_enter(const struct tracked *ct, __u32 flags)
{
	struct conntrack fresh = {
		.seen_ns = ctx_now(),
		.created_ns = ctx_now(),
	};
	struct flow key = ct->key;

	if (ct->swapped)
		flags |= CONNTRACK_FROM_DESTINATION;
	if (conntrack_is_picked_up(ct))
		flags |= CONNTRACK_PICKED_UP;
	conntrack_write(&fresh, ct, flags);
	bpf_map_delete_elem(&hd_conntrack, &key);
	if (bpf_map_update_elem(&hd_unanswered, &key, &fresh, BPF_ANY))
		return DROP_CONNTRACK_FULL;
	if (control_wants(EVENT_FLOW))
		event_tell_flow(ct, EVENT_FLOW, STAGE_VERDICT, flags);
	return VERDICT_NEXT;
}

/* Enters an admitted packet's flow, or what it changes about it. `flags` are the hook's to add. */
__noinline int conntrack_commit(struct tracked *ct, __u32 flags)
{
	__u32 added;

	if (!ct)
		return DROP_CONNTRACK_FULL;
	added = flags | conntrack_added_flags(ct) | (ct->flags & CONNTRACK_TUNNEL);
	if (ct->state == FLOW_UNTRACKED || ct->traced)
		return VERDICT_NEXT;
	if (ct->state == FLOW_NEW)
		return conntrack_enter(ct, added);
	if (ct->changed || (ct->flags & added) != added)
		conntrack_update(ct, ct->flags | added);
	return VERDICT_NEXT;
}
