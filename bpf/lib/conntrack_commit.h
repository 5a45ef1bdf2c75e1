// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What an admitted packet changes about its flow: enters it, assures it, ends it. A refused one
 * changes nothing. */
#pragma once

#include "lib/conntrack_assure.h"
#include "lib/conntrack_promote.h"

/* A segment that the other end ignores ends nothing. */
static __always_inline __u32 conntrack_ending_flags(const struct tracked *ct, bool opener)
{
	if (!ct->in_window)
		return 0;
	if (ct->marks & TRANSPORT_RESETS)
		return opener ? CONNTRACK_RESET_OPENER : CONNTRACK_RESET_RESPONDER;
	if (ct->marks & TRANSPORT_ENDS)
		return opener ? CONNTRACK_FIN_OPENER : CONNTRACK_FIN_RESPONDER;
	return 0;
}

/* Flags that this packet adds to its flow. */
static __always_inline __u32 conntrack_added_flags(const struct tracked *ct)
{
	bool opener = conntrack_is_opener(ct);
	__u32 flags;

	if (ct->is_error)
		return 0;
	flags = conntrack_ending_flags(ct, opener);
	if (!opener && !(ct->marks & TRANSPORT_RESETS))
		flags |= CONNTRACK_SEEN_REPLY;
	return flags;
}

/* The end that a RST claimed to come from still speaks: it has sent none. Or the other one does:
 * its acknowledgement may be the challenge to a RST in the window whose number was not the next one
 * (RFC 5961 section 3.2), of which numbers that lag tell nothing. An end that is gone answers by
 * another RST. */
static __always_inline __u32 conntrack_removed_flags(const struct tracked *ct)
{
	if (ct->is_error || !ct->in_window || (ct->marks & (TRANSPORT_RESETS | TRANSPORT_SYN)))
		return 0;
	if (ct->key.protocol == IPPROTO_TCP && (ct->marks & TRANSPORT_ACK))
		return ct->flags & CONNTRACK_RESET_ANY;
	return ct->flags &
	       (conntrack_is_opener(ct) ? CONNTRACK_RESET_OPENER : CONNTRACK_RESET_RESPONDER);
}

static __always_inline void conntrack_write(struct conntrack *entry, const struct tracked *ct,
					    __u8 changed)
{
	if (changed & CHANGED_TUNNEL)
		entry->node_id = ct->node_id;
	if (changed & CHANGED_SOURCE) {
		entry->source_generation = ct->source_generation;
		entry->source_rule = ct->source_rule;
	}
	if (changed & CHANGED_DESTINATION) {
		entry->destination_generation = ct->destination_generation;
		entry->destination_rule = ct->destination_rule;
	}
}

/* Notes what has changed about a known flow; whether it is to be promoted. */
__noinline int conntrack_update(struct tracked *ct, __u32 added, __u32 removed)
{
	struct conntrack *entry, *kept;
	struct flow key;
	__u32 before, after;

	if (!ct)
		return false;
	key = ct->key; /* conntrack_key() says why */
	entry = kept = bpf_map_lookup_elem(&hd_ct, &key);
	if (!entry)
		entry = bpf_map_lookup_elem(&hd_ct_unassured, &key);
	/* Another CPU has moved it meanwhile. */
	if (!entry)
		entry = kept = bpf_map_lookup_elem(&hd_ct, &key);
	if (!entry)
		return false;
	conntrack_write(entry, ct, ct->changed);
	if (ct->changed & CHANGED_NUMBERS)
		conntrack_write_end(entry, ct);
	if ((ct->changed & CHANGED_SEEN) && !ct->is_error)
		entry->seen_ns = ctx_now();
	if (conntrack_is_handshake(ct))
		conntrack_take_handshake(entry, ct);
	before = __sync_fetch_and_or(&entry->flags, added);
	after = (before | added) & ~removed;
	if (removed)
		__sync_fetch_and_and(&entry->flags, ~removed);
	if (kept) {
		if (conntrack_is_closed(before) != conntrack_is_closed(after))
			conntrack_slot_set_ended(entry->slot, conntrack_is_closed(after));
		return false;
	}
	if (before & CONNTRACK_MOVING) {
		kept = bpf_map_lookup_elem(&hd_ct, &key);
		if (kept)
			__sync_fetch_and_or(&kept->flags, added);
		return false;
	}
	if (!(before & CONNTRACK_ASSURED))
		conntrack_assure(entry, ct);
	return (entry->flags & CONNTRACK_ASSURED) && !conntrack_is_closed(entry->flags);
}

/* A node's own address speaks through its tunnel: answers go back into it. */
static __always_inline void conntrack_set_tunnel(struct tracked *ct, __u32 node_id)
{
	if ((ct->flags & CONNTRACK_TUNNEL) && ct->node_id == node_id)
		return;
	ct->flags |= CONNTRACK_TUNNEL;
	ct->node_id = node_id;
	ct->changed |= CHANGED_TUNNEL;
}

/* A blank entry is filled in place: a whole one on the stack is more than there is left. It is over
 * as long as it has no time. */
static __always_inline void conntrack_fill(struct conntrack *entry, struct tracked *ct, __u32 flags)
{
	__u64 now = ctx_now();

	ct->in_window = true;
	conntrack_write(entry, ct, CHANGED_TUNNEL | CHANGED_SOURCE | CHANGED_DESTINATION);
	conntrack_write_end(entry, ct);
	conntrack_count(entry, ct);
	entry->created_ns = now;
	entry->flags = flags;
	barrier();
	entry->seen_ns = now;
}

/* Takes the place of what was known under the key. */
__noinline int conntrack_enter(struct tracked *ct, __u32 flags)
{
	struct conntrack_aging *aging = conntrack_aging();
	struct conntrack *entry;
	struct flow key;

	if (!ct || !aging)
		return DROP_CONNTRACK_FULL;
	key = ct->key; /* conntrack_key() says why */
	if (ct->swapped)
		flags |= CONNTRACK_FROM_DESTINATION;
	if (conntrack_is_midstream(ct))
		flags |= CONNTRACK_MIDSTREAM;
	bpf_map_delete_elem(&hd_ct, &key);
	if (bpf_map_update_elem(&hd_ct_unassured, &key, &aging->blank, BPF_ANY))
		return DROP_CONNTRACK_FULL;
	entry = bpf_map_lookup_elem(&hd_ct_unassured, &key);
	if (!entry)
		return DROP_CONNTRACK_FULL;
	conntrack_fill(entry, ct, flags);
	conntrack_enqueue(aging, &key);
	if (control_wants(EVENT_FLOW))
		event_tell_flow(ct, EVENT_FLOW, STAGE_VERDICT, flags);
	return VERDICT_NEXT;
}

/* Of a packet that was admitted beside its flow: as long as that one goes on, it is not over. */
static __always_inline void conntrack_renew(const struct tracked *ct)
{
	struct flow key = ct->key; /* conntrack_key() says why */
	struct conntrack *entry = bpf_map_lookup_elem(&hd_ct, &key);

	if (!entry)
		entry = bpf_map_lookup_elem(&hd_ct_unassured, &key);
	if (entry)
		entry->seen_ns = ctx_now();
}

/* Enters an admitted packet's flow, or what it changes about it. `flags` are the hook's to add. */
__noinline int conntrack_commit(struct tracked *ct, __u32 flags)
{
	__u32 added, removed;

	if (!ct)
		return DROP_CONNTRACK_FULL;
	added = flags | conntrack_added_flags(ct) | (ct->flags & CONNTRACK_TUNNEL);
	removed = conntrack_removed_flags(ct);
	if (ct->state == FLOW_UNTRACKED || ct->traced) {
		if ((ct->changed & IN_PASSING) && (ct->changed & CHANGED_SEEN) && !ct->traced)
			conntrack_renew(ct);
		return VERDICT_NEXT;
	}
	if (ct->state == FLOW_NEW)
		return conntrack_enter(ct, added);
	if (!ct->changed && !removed && (ct->flags & added) == added && !conntrack_is_handshake(ct))
		return VERDICT_NEXT;
	if (conntrack_update(ct, added, removed))
		conntrack_promote(ct);
	return VERDICT_NEXT;
}
