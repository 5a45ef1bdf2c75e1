// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What an admitted packet changes about its flow: creates it, assures it, ends it. A dropped packet
 * changes nothing. */
#pragma once

#include "lib/ct_assure.h"
#include "lib/ct_confirm.h"
#include "lib/flow_epoch.h"

/* A segment that the other end ignores ends nothing. */
static __always_inline __u32 ct_ending_flags(const struct ct_state *ct, bool originator)
{
	if (!ct->in_window)
		return 0;
	if (ct->tcp_events & TRANSPORT_RESETS)
		return originator ? CT_RESET_ORIGINATOR : CT_RESET_RESPONDER;
	if (ct->tcp_events & TRANSPORT_ENDS)
		return originator ? CT_FIN_ORIGINATOR : CT_FIN_RESPONDER;
	return 0;
}

/* Flags that this packet adds to the flow's entry. */
static __always_inline __u32 ct_added_flags(const struct ct_state *ct)
{
	bool originator = ct_is_originator(ct);
	__u32 flags;

	if (ct->is_error)
		return 0;
	flags = ct_ending_flags(ct, originator);
	if (!originator && !(ct->tcp_events & TRANSPORT_RESETS))
		flags |= CT_SEEN_REPLY;
	return flags;
}

/* A RST is taken back when its supposed sender sends more data: the RST was forged. An
 * acknowledgement of the other end takes it back, too: it may be the challenge ACK to a RST in the
 * window with another number than the expected one (RFC 5961 section 3.2), which lagging numbers
 * cannot distinguish. An end that is gone answers with another RST. */
static __always_inline __u32 ct_removed_flags(const struct ct_state *ct)
{
	if (ct->is_error || !ct->in_window || (ct->tcp_events & (TRANSPORT_RESETS | TRANSPORT_SYN)))
		return 0;
	if (ct->key.protocol == IPPROTO_TCP && (ct->tcp_events & TRANSPORT_ACK))
		return ct->flags & CT_RESET_ANY;
	return ct->flags & (ct_is_originator(ct) ? CT_RESET_ORIGINATOR : CT_RESET_RESPONDER);
}

static __always_inline void ct_write(struct ct_entry *entry, const struct ct_state *ct,
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

/* Of the flags that a packet can change: what the flow cache repeats, or makes a flow unfit for it.
 */
static __always_inline bool ct_changes_cache(__u32 before, __u32 after)
{
	return ((before ^ after) & ~(CT_SEEN_REPLY | CT_MOVING)) != 0;
}

/* Nothing but times and sequence numbers was to be noted, and the flow goes on. */
static __always_inline bool ct_is_settled(const struct ct_state *ct, __u32 added, __u32 removed)
{
	return ct->state == FLOW_FOUND && (ct->flags & added) == added && !removed &&
	       !(ct->changed & (CHANGED_TUNNEL | CHANGED_COUNT | IN_PASSING)) && !ct->is_error &&
	       !(ct->tcp_events & (TRANSPORT_SYN | TRANSPORT_ENDS | TRANSPORT_RESETS));
}

/* Writes the changes into a known flow's entry; true if the flow is to be confirmed. */
__noinline int ct_update_entry(struct ct_state *ct, __u32 added, __u32 removed)
{
	struct ct_entry *entry, *kept;
	struct flow key;
	__u32 before, after;

	if (!ct)
		return false;
	key = ct->key; /* ct_key() says why */
	entry = kept = bpf_map_lookup_elem(&hd_ct, &key);
	if (!entry)
		entry = bpf_map_lookup_elem(&hd_ct_unassured, &key);
	/* Another CPU has moved it meanwhile. */
	if (!entry)
		entry = kept = bpf_map_lookup_elem(&hd_ct, &key);
	if (!entry)
		return false;
	ct_write(entry, ct, ct->changed);
	if (ct->changed & CHANGED_NUMBERS)
		ct_write_end(entry, ct);
	if ((ct->changed & CHANGED_SEEN) && !ct->is_error)
		entry->seen_ns = ctx_now();
	if (ct_is_handshake(ct))
		ct_update_handshake(entry, ct);
	before = __sync_fetch_and_or(&entry->flags, added);
	after = (before | added) & ~removed;
	if (removed)
		__sync_fetch_and_and(&entry->flags, ~removed);
	if (ct_changes_cache(before, after))
		flow_epoch_raise(&ct->key);
	if (kept) {
		if (ct_is_closed(before) != ct_is_closed(after))
			ct_slot_set_ended(entry->slot, ct_is_closed(after));
		return false;
	}
	if (before & CT_MOVING) {
		kept = bpf_map_lookup_elem(&hd_ct, &key);
		if (kept)
			__sync_fetch_and_or(&kept->flags, added);
		return false;
	}
	if (!(before & CT_ASSURED))
		ct_assure(entry, ct);
	return (entry->flags & CT_ASSURED) && !ct_is_closed(entry->flags);
}

/* The packet came from a node's own address through its tunnel: replies go back into it. */
static __always_inline void ct_set_tunnel(struct ct_state *ct, __u32 node_id)
{
	if ((ct->flags & CT_TUNNEL) && ct->node_id == node_id)
		return;
	ct->flags |= CT_TUNNEL;
	ct->node_id = node_id;
	ct->changed |= CHANGED_TUNNEL;
}

/* Fills a blank entry in place, since the stack has no space for one. Without a time it counts as
 * expired, so the time is written last. */
static __always_inline void ct_fill(struct ct_entry *entry, struct ct_state *ct, __u32 flags)
{
	__u64 now = ctx_now();

	ct->in_window = true;
	ct_write(entry, ct, CHANGED_TUNNEL | CHANGED_SOURCE | CHANGED_DESTINATION);
	ct_write_end(entry, ct);
	ct_count(entry, ct);
	entry->created_ns = now;
	entry->flags = flags;
	barrier();
	entry->seen_ns = now;
}

/* Replaces any entry of the key. */
__noinline int ct_create(struct ct_state *ct, __u32 flags)
{
	struct ct_aging *aging = ct_aging();
	struct ct_entry *entry;
	struct flow key;

	if (!ct || !aging)
		return DROP_CONNTRACK_FULL;
	key = ct->key; /* ct_key() says why */
	if (ct->key_reversed)
		flags |= CT_ORIG_IS_KEY_DST;
	if (ct_is_midstream(ct))
		flags |= CT_MIDSTREAM;
	if (!bpf_map_delete_elem(&hd_ct, &key))
		flow_epoch_raise(&ct->key);
	if (bpf_map_update_elem(&hd_ct_unassured, &key, &aging->blank, BPF_ANY))
		return DROP_CONNTRACK_FULL;
	entry = bpf_map_lookup_elem(&hd_ct_unassured, &key);
	if (!entry)
		return DROP_CONNTRACK_FULL;
	ct_fill(entry, ct, flags);
	ct_enqueue(aging, &key);
	if (event_is_enabled(EVENT_FLOW))
		event_emit_flow(ct, EVENT_FLOW, STAGE_VERDICT, flags);
	return VERDICT_NEXT;
}

/* For a packet that was admitted beside its flow: it keeps the flow from expiring. */
static __always_inline void ct_renew(const struct ct_state *ct)
{
	struct flow key = ct->key; /* ct_key() says why */
	struct ct_entry *entry = ct_entry_of(&key);

	if (entry)
		entry->seen_ns = ctx_now();
}

/* Creates or updates the flow of an admitted packet. `flags`: added by the hook. */
__noinline int ct_update(struct ct_state *ct, __u32 flags)
{
	__u32 added, removed;

	if (!ct)
		return DROP_CONNTRACK_FULL;
	added = flags | ct_added_flags(ct) | (ct->flags & CT_TUNNEL);
	removed = ct_removed_flags(ct);
	if (ct->state == FLOW_UNTRACKED || ct->traced) {
		if ((ct->changed & IN_PASSING) && (ct->changed & CHANGED_SEEN) && !ct->traced)
			ct_renew(ct);
		return VERDICT_NEXT;
	}
	if (ct->state == FLOW_NEW)
		return ct_create(ct, added);
	ct->settled = ct_is_settled(ct, added, removed);
	if (!ct->changed && !removed && (ct->flags & added) == added && !ct_is_handshake(ct))
		return VERDICT_NEXT;
	if (ct_update_entry(ct, added, removed))
		ct_confirm(ct);
	return VERDICT_NEXT;
}
