// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From hd_ct_unassured, where newer flows push older ones out, to hd_ct, where only its own end
 * does. Without room, or over the share of one of its ends, a flow stays where it is. */
#pragma once

#include "lib/conntrack_room.h"

struct conntrack_end_share {
	const struct endpoint *endpoint;
	__u32 row;
	bool opened; /* this end is who opened the flow, or may be */
};

static __always_inline struct conntrack_end_share
conntrack_end_share(const struct conntrack_aging *aging, __u32 vni, const struct addr *addr,
		    bool opened)
{
	struct conntrack_end_share end = {
		.endpoint = endpoint_find(vni, addr),
		.opened = opened,
	};

	end.row = conntrack_share_row(end.endpoint, addr, aging->seed);
	return end;
}

/* Counts one end in: the row that it is charged to, or CONNTRACK_NO_SLOT if it has had its share.
 * A host elsewhere is charged with what it opened itself: what pods open is theirs. One client that
 * has used up a server's share leaves the others the reserve. */
static __always_inline __u32 conntrack_take_share(const struct conntrack_end_share *end, __u32 rows,
						  bool opener_has_little)
{
	__u32 limit = conntrack_share_limit(end->endpoint, rows);

	if (!end->opened && !endpoint_is(end->endpoint, ENDPOINT_LOCAL_POD))
		return CONNTRACK_NO_SHARE;
	if (!end->opened && opener_has_little)
		limit += limit / 2;
	if (conntrack_share_is_used_up(end->row, limit))
		return CONNTRACK_NO_SLOT;
	conntrack_share_add(end->row, 1, 0);
	return end->row;
}

/* What is left of hd_ct is for those who have little. */
static __always_inline bool conntrack_is_reserved(const struct conntrack_aging *aging, __u32 rows)
{
	return aging->ring_rows >= rows - (rows >> CONNTRACK_SHARE_RESERVE);
}

static __always_inline bool conntrack_has_little(const struct conntrack_end_share *end, __u32 rows)
{
	return !end->opened || conntrack_share_is_little(end->row, rows);
}

/* Counts both ends in, or none. */
static __always_inline bool conntrack_take_shares(struct conntrack_aging *aging,
						  struct conntrack_slot *slot, __u32 flags)
{
	bool anybody = flags & CONNTRACK_MIDSTREAM;
	bool swapped = flags & CONNTRACK_FROM_DESTINATION;
	struct conntrack_end_share source, destination;
	__u32 rows = conntrack_ring_size();
	bool little;

	if (!aging->seed)
		__sync_val_compare_and_swap(&aging->seed, 0,
					    (__u64)bpf_get_prandom_u32() << 32 |
						    bpf_get_prandom_u32() | 1);
	source = conntrack_end_share(aging, slot->key.vni, &slot->key.source, anybody || !swapped);
	destination = conntrack_end_share(aging, slot->key.vni, &slot->key.destination,
					  anybody || swapped);
	little = conntrack_has_little(&source, rows) && conntrack_has_little(&destination, rows);
	if (!little && conntrack_is_reserved(aging, rows))
		goto over;
	slot->source_host = conntrack_take_share(&source, rows, little);
	if (slot->source_host == CONNTRACK_NO_SLOT)
		goto over;
	slot->destination_host = conntrack_take_share(&destination, rows, little);
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
