// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_ct_ring: a slot for each flow of hd_ct, with its key and the hosts that it is charged to. */
#pragma once

#include "lib/conntrack.h"
#include "lib/ct_share.h"

enum {
	CT_NO_SLOT = 0xffffffff,
	CT_NO_SHARE = 0xfffffffe, /* of hd_ct_share: the end is charged with nothing */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, struct ct_slot);
} hd_ct_ring SEC(".maps");

static __always_inline void ct_slot_account(const struct ct_slot *slot, __u32 live, __u32 ended)
{
	ct_share_add(slot->source_host, live, ended);
	ct_share_add(slot->destination_host, live, ended);
}

/* The connection of that slot has ended, or goes on after all. If two CPUs find that at once, one
 * of them counts it. */
static __always_inline void ct_slot_set_ended(__u32 index, bool ended)
{
	struct ct_slot *slot = bpf_map_lookup_elem(&hd_ct_ring, &index);

	if (!slot)
		return;
	if (ended && !__sync_val_compare_and_swap(&slot->time_ns, 0, ctx_now()))
		ct_slot_account(slot, -1, 1);
	else if (!ended && __sync_lock_test_and_set(&slot->time_ns, 0))
		ct_slot_account(slot, 1, -1);
}

static __always_inline void ct_slot_free(struct ct_aging *aging, struct ct_slot *slot)
{
	bool ended = __sync_lock_test_and_set(&slot->time_ns, 0);

	slot->key.protocol = 0;
	ct_slot_account(slot, ended ? 0 : -1, ended ? -1 : 0);
	__sync_fetch_and_add(&aging->ring_rows, -1);
}

/* True if the slot is free, or its flow has expired and is deleted now. An entry with another slot
 * number was created again since. `linger_ns`: how long an ended connection is kept. */
static __always_inline bool ct_slot_reclaim(struct ct_aging *aging, struct ct_slot *slot,
					    __u32 index, __s64 linger_ns)
{
	const struct ct_entry *entry;
	__u64 now = ctx_now();

	if (!slot->key.protocol)
		return true;
	entry = bpf_map_lookup_elem(&hd_ct, &slot->key);
	if (entry && entry->slot == index) {
		if (ct_remaining(&slot->key, entry, now) > 0 &&
		    !(ct_is_closed(entry->flags) && (__s64)(now - entry->seen_ns) > linger_ns))
			return false;
		if (bpf_map_delete_elem(&hd_ct, &slot->key))
			return false;
	}
	ct_slot_free(aging, slot);
	return true;
}
