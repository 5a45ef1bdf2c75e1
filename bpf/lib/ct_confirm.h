// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Moves an assured flow from hd_ct_unassured, an LRU map, to hd_ct, which evicts nothing. While
 * hd_ct is full, or an end has used up its share, the flow stays evictable. */
#pragma once

#include "lib/ct_gc.h"

struct ct_end_share {
	const struct endpoint *endpoint;
	__u32 row;
	bool opened; /* this end is who opened the flow, or may be */
};

static __always_inline struct ct_end_share ct_end_share(const struct ct_aging *aging, __u32 vni,
							const struct addr *addr, bool opened)
{
	struct ct_end_share end = {
		.endpoint = endpoint_find(vni, addr),
		.opened = opened,
	};

	end.row = ct_share_row(end.endpoint, addr, aging->seed);
	return end;
}

/* Charges one end: returns the row that it is charged to, or CT_NO_SLOT if its share is used up. A
 * host outside is charged with flows that it opened itself; flows that pods open are charged to the
 * pods. When one client has used up a server's share, the reserve is left for others. */
static __always_inline __u32 ct_charge_end(const struct ct_end_share *end, __u32 rows,
					   bool is_small)
{
	__u32 limit = ct_share_limit(end->endpoint, rows);

	if (!end->opened && !endpoint_is(end->endpoint, ENDPOINT_LOCAL_POD))
		return CT_NO_SHARE;
	if (!end->opened && is_small)
		limit += limit / 2;
	if (ct_share_is_used_up(end->row, limit))
		return CT_NO_SLOT;
	ct_share_add(end->row, 1, 0);
	return end->row;
}

/* The rest of hd_ct is for hosts with a small share. */
static __always_inline bool ct_is_reserved(const struct ct_aging *aging, __u32 rows)
{
	return aging->ring_rows >= rows - (rows >> CT_SHARE_RESERVE);
}

static __always_inline bool ct_has_small_share(const struct ct_end_share *end, __u32 rows)
{
	return !end->opened || ct_share_is_small(end->row, rows);
}

/* Charges both ends, or neither. */
static __always_inline bool ct_charge_ends(struct ct_aging *aging, struct ct_slot *slot,
					   __u32 flags)
{
	bool any_end = flags & CT_MIDSTREAM;
	bool key_reversed = flags & CT_ORIG_IS_KEY_DST;
	struct ct_end_share source, destination;
	__u32 rows = ct_ring_size();
	bool is_small;

	if (!aging->seed)
		__sync_val_compare_and_swap(&aging->seed, 0,
					    (__u64)bpf_get_prandom_u32() << 32 |
						    bpf_get_prandom_u32() | 1);
	source = ct_end_share(aging, slot->key.vni, &slot->key.source, any_end || !key_reversed);
	destination =
		ct_end_share(aging, slot->key.vni, &slot->key.destination, any_end || key_reversed);
	is_small = ct_has_small_share(&source, rows) && ct_has_small_share(&destination, rows);
	if (!is_small && ct_is_reserved(aging, rows))
		goto over;
	slot->source_host = ct_charge_end(&source, rows, is_small);
	if (slot->source_host == CT_NO_SLOT)
		goto over;
	slot->destination_host = ct_charge_end(&destination, rows, is_small);
	if (slot->destination_host != CT_NO_SLOT)
		return true;
	ct_share_add(slot->source_host, -1, 0);
over:
	__sync_fetch_and_add(&aging->over_share, 1);
	return false;
}

/* The entry moves; flags that the other CPU adds meanwhile are seen in one place or the other. */
static __always_inline bool ct_move(const struct flow *key, struct ct_entry *entry, __u32 index)
{
	struct ct_entry *kept;

	entry->slot = index;
	if (bpf_map_update_elem(&hd_ct, key, entry, BPF_NOEXIST))
		return false;
	kept = bpf_map_lookup_elem(&hd_ct, key);
	if (!kept)
		return false;
	__sync_fetch_and_and(&kept->flags, ~CT_MOVING);
	__sync_fetch_and_or(&kept->flags, entry->flags & ~CT_MOVING);
	bpf_map_delete_elem(&hd_ct_unassured, key);
	return true;
}

/* The entry to move, claimed for this CPU. A function of its own: the copy of the key needs stack
 * only here. */
static __always_inline struct ct_entry *ct_claim(const struct ct_state *ct)
{
	struct flow key = ct->key; /* ct_key() says why */
	struct ct_entry *entry = bpf_map_lookup_elem(&hd_ct_unassured, &key);

	if (!entry || (__sync_fetch_and_or(&entry->flags, CT_MOVING) & CT_MOVING))
		return NULL;
	return entry;
}

/* The slot holds the flow from here on; false: it is free again. */
static __always_inline bool ct_occupy_slot(struct ct_aging *aging, struct ct_slot *slot,
					   __u32 index, struct ct_entry *entry)
{
	if (!ct_charge_ends(aging, slot, entry->flags)) {
		slot->key.protocol = 0;
		return false;
	}
	__sync_fetch_and_add(&aging->ring_rows, 1);
	if (ct_move(&slot->key, entry, index))
		return true;
	ct_slot_free(aging, slot);
	__sync_fetch_and_add(&aging->map_full, 1);
	return false;
}

/* The flow of an assured entry in hd_ct_unassured. */
__noinline int ct_confirm(struct ct_state *ct)
{
	struct ct_aging *aging = ct_aging();
	struct ct_slot *slot;
	struct ct_entry *entry;
	__u32 index;

	if (!ct || !aging)
		return 0;
	entry = ct_claim(ct);
	if (!entry)
		return 0;
	index = ct_find_slot(aging);
	slot = bpf_map_lookup_elem(&hd_ct_ring, &index);
	if (slot) {
		slot->key = ct->key;
		slot->time_ns = 0;
		if (ct_occupy_slot(aging, slot, index, entry)) {
			ct_arm_timer(aging);
			return 1;
		}
	} else {
		__sync_fetch_and_add(&aging->map_full, 1);
	}
	__sync_fetch_and_and(&entry->flags, ~CT_MOVING);
	return 0;
}
