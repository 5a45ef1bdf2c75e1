// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From hd_ct_unassured, where newer flows push older ones out, to hd_ct, where only its own end
 * does. Without room, or over the share of one of its ends, a flow stays where it is. */
#pragma once

#include "lib/conntrack_room.h"

/* Counts both ends in, or says which has had its share. */
static __always_inline bool conntrack_take_shares(struct conntrack_aging *aging,
						  const struct flow *key,
						  struct conntrack_slot *slot)
{
	const struct endpoint *source = endpoint_find(key->segment, &key->source);
	const struct endpoint *destination = endpoint_find(key->segment, &key->destination);
	__u32 size = conntrack_ring_size();

	if (!aging->seed)
		__sync_val_compare_and_swap(&aging->seed, 0,
					    (__u64)bpf_get_prandom_u32() << 32 |
						    bpf_get_prandom_u32() | 1);
	slot->source_host = conntrack_share_row(source, &key->source, aging->seed);
	slot->destination_host = conntrack_share_row(destination, &key->destination, aging->seed);
	if (conntrack_share_is_used_up(slot->source_host, conntrack_share_limit(source, size)) ||
	    conntrack_share_is_used_up(slot->destination_host,
				       conntrack_share_limit(destination, size))) {
		__sync_fetch_and_add(&aging->over_share, 1);
		return false;
	}
	conntrack_share_add(slot->source_host, 1);
	conntrack_share_add(slot->destination_host, 1);
	return true;
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

/* The flow of an assured entry in hd_ct_unassured. */
__noinline int conntrack_promote(struct tracked *ct)
{
	struct conntrack_aging *aging = conntrack_aging();
	struct conntrack_slot *slot;
	struct conntrack *entry;
	struct flow key;
	__u32 index;

	if (!ct || !aging)
		return 0;
	key = ct->key; /* conntrack_key() says why */
	entry = bpf_map_lookup_elem(&hd_ct_unassured, &key);
	if (!entry || (__sync_fetch_and_or(&entry->flags, CONNTRACK_MOVING) & CONNTRACK_MOVING))
		return 0;
	index = conntrack_find_slot(aging);
	slot = bpf_map_lookup_elem(&hd_ct_ring, &index);
	if (!slot)
		__sync_fetch_and_add(&aging->no_room, 1);
	if (!slot || !conntrack_take_shares(aging, &key, slot)) {
		__sync_fetch_and_and(&entry->flags, ~CONNTRACK_MOVING);
		return 0;
	}
	slot->key = key;
	__sync_fetch_and_add(&aging->ring_rows, 1);
	if (!conntrack_move(&key, entry, index)) {
		conntrack_slot_free(aging, slot);
		__sync_fetch_and_add(&aging->no_room, 1);
		__sync_fetch_and_and(&entry->flags, ~CONNTRACK_MOVING);
		return 0;
	}
	conntrack_arm(aging);
	return 1;
}
