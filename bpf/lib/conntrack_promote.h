// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From hd_ct_unassured, where newer flows push older ones out, to hd_ct, where only its own end
 * does. Without room, or over the share of one of its ends, a flow stays where it is. */
#pragma once

#include "lib/conntrack_room.h"

/* Counts one end in: the row that it is charged to, or CONNTRACK_NO_SLOT if it has had its share.
 * A host elsewhere is charged with what it opened itself: what pods open is theirs. */
static __always_inline __u32 conntrack_take_share(struct conntrack_aging *aging, __u32 segment,
						  const struct addr *addr, bool opened)
{
	const struct endpoint *endpoint = endpoint_find(segment, addr);
	__u32 row = conntrack_share_row(endpoint, addr, aging->seed);

	if (!opened && !endpoint_is(endpoint, ENDPOINT_LOCAL_POD))
		return CONNTRACK_NO_SHARE;
	if (conntrack_share_is_used_up(row, conntrack_share_limit(endpoint, conntrack_ring_size())))
		return CONNTRACK_NO_SLOT;
	conntrack_share_add(row, 1, 0);
	return row;
}

/* Counts both ends in, or none. */
static __always_inline bool conntrack_take_shares(struct conntrack_aging *aging,
						  struct conntrack_slot *slot, __u32 flags)
{
	bool anybody = flags & CONNTRACK_MIDSTREAM;
	bool swapped = flags & CONNTRACK_FROM_DESTINATION;

	if (!aging->seed)
		__sync_val_compare_and_swap(&aging->seed, 0,
					    (__u64)bpf_get_prandom_u32() << 32 |
						    bpf_get_prandom_u32() | 1);
	slot->source_host = conntrack_take_share(aging, slot->key.segment, &slot->key.source,
						 anybody || !swapped);
	if (slot->source_host == CONNTRACK_NO_SLOT)
		goto over;
	slot->destination_host = conntrack_take_share(aging, slot->key.segment,
						      &slot->key.destination, anybody || swapped);
	if (slot->destination_host != CONNTRACK_NO_SLOT)
		return true;
	conntrack_share_add(slot->source_host, -1, 0);
over:
	__sync_fetch_and_add(&aging->over_share, 1);
	return false;
}

/* The entry moves; flags that the other CPU adds meanwhile are seen in one place or the other. */
static __always_inline bool conntrack_move(const struct flow *key, struct conntrack *entry,
					   __u32 index)
{
	struct conntrack *kept;

	entry->slot = index;
	if (bpf_map_update_elem(&hd_ct, key, entry, BPF_NOEXIST))
		return false;
	kept = bpf_map_lookup_elem(&hd_ct, key);
	if (!kept)
		return false;
	__sync_fetch_and_and(&kept->flags, ~CONNTRACK_MOVING);
	__sync_fetch_and_or(&kept->flags, entry->flags & ~CONNTRACK_MOVING);
	bpf_map_delete_elem(&hd_ct_unassured, key);
	return true;
}

/* The entry to be moved, and no other CPU's to move; the key's copy ends here, for the stack's
 * sake. */
static __always_inline struct conntrack *conntrack_claim(const struct tracked *ct)
{
	struct flow key = ct->key; /* conntrack_key() says why */
	struct conntrack *entry = bpf_map_lookup_elem(&hd_ct_unassured, &key);

	if (!entry || (__sync_fetch_and_or(&entry->flags, CONNTRACK_MOVING) & CONNTRACK_MOVING))
		return NULL;
	return entry;
}

/* The slot names the flow from here on; false: it is free again. */
static __always_inline bool conntrack_take_slot(struct conntrack_aging *aging,
						struct conntrack_slot *slot, __u32 index,
						struct conntrack *entry)
{
	if (!conntrack_take_shares(aging, slot, entry->flags)) {
		slot->key.protocol = 0;
		return false;
	}
	__sync_fetch_and_add(&aging->ring_rows, 1);
	if (conntrack_move(&slot->key, entry, index))
		return true;
	conntrack_slot_free(aging, slot);
	__sync_fetch_and_add(&aging->no_room, 1);
	return false;
}

/* The flow of an assured entry in hd_ct_unassured. */
__noinline int conntrack_promote(struct tracked *ct)
{
	struct conntrack_aging *aging = conntrack_aging();
	struct conntrack_slot *slot;
	struct conntrack *entry;
	__u32 index;

	if (!ct || !aging)
		return 0;
	entry = conntrack_claim(ct);
	if (!entry)
		return 0;
	index = conntrack_find_slot(aging);
	slot = bpf_map_lookup_elem(&hd_ct_ring, &index);
	if (slot) {
		slot->key = ct->key;
		slot->time_ns = 0;
		if (conntrack_take_slot(aging, slot, index, entry)) {
			conntrack_arm(aging);
			return 1;
		}
	} else {
		__sync_fetch_and_add(&aging->no_room, 1);
	}
	__sync_fetch_and_and(&entry->flags, ~CONNTRACK_MOVING);
	return 0;
}
