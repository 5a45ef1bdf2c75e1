// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Garbage collection. Every flow of hd_ct has a slot of hd_ct_ring with its key. A cursor goes
 * round the ring and frees expired flows: each insertion moves it, and one timer, a slice at a
 * time. Flows of hd_ct_unassured are queued in hd_ct_queue as they are created; the timer alone
 * collects those, since the LRU evicts them anyway. */
#pragma once

#include "lib/ct_slot.h"

enum {
	CLOCK_MONOTONIC_ID = 1, /* CLOCK_MONOTONIC */
	/* Slots that one insertion looks at. If none is free, the next packet tries again. */
	CT_GC_STEPS = 128,
	/* A round of the timer's: so many slices of all slots, 50 ms apart. */
	CT_SLICES = 128,
	CT_SLICE_NS = 50000000,
	/* After that a program sets its own callback: a timer's callback keeps its program loaded.
	 */
	CT_REARM_S = 10,
	/* A closed or reset connection is reclaimed after that time without a packet. */
	CT_LINGER_S = 2,
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, struct ct_slot);
} hd_ct_queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ct_aging);
} hd_ct_aging SEC(".maps");

/* Of the kernel's own type: the members that are read here. */
struct bpf_map {
	__u32 max_entries;
} __attribute__((preserve_access_index));

static __always_inline __u32 ct_ring_size(void)
{
	return ((struct bpf_map *)&hd_ct_ring)->max_entries;
}

static __always_inline __u32 ct_queue_size(void)
{
	return ((struct bpf_map *)&hd_ct_queue)->max_entries;
}

static __always_inline struct ct_aging *ct_aging(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&hd_ct_aging, &zero);
}

struct ct_gc {
	struct ct_aging *aging;
	__u32 size;
	__u32 found;
};

/* The next slot of the cursor; no two CPUs get the same one. Each round has another order, or the
 * slots of one host would be neighbours: multiples of primes that are greater than any size. */
static __always_inline __u32 ct_gc_next(struct ct_gc *search)
{
	__u32 cursor = __sync_fetch_and_add(&search->aging->ring_cursor, 1);
	__u64 place = cursor % search->size;

	switch (cursor / search->size % 4) {
	case 0:
		return place * 17000023 % search->size;
	case 1:
		return place * 20000003 % search->size;
	case 2:
		return place * 24036583 % search->size;
	default:
		return place * 30402457 % search->size;
	}
}

/* bpf_loop(): 1 ends it. */
static int ct_gc_ring_step(__u32 step, struct ct_gc *search)
{
	__u32 index = ct_gc_next(search);
	struct ct_slot *slot = bpf_map_lookup_elem(&hd_ct_ring, &index);

	(void)step;
	if (!slot || !ct_slot_reclaim(search->aging, slot, index, CT_LINGER_S * NSEC_PER_SEC))
		return 0;
	search->found = index;
	return 1;
}

/* A free slot of hd_ct_ring, or CT_NO_SLOT. */
static __always_inline __u32 ct_find_slot(struct ct_aging *aging)
{
	struct ct_gc search = {
		.aging = aging,
		.size = ct_ring_size(),
		.found = CT_NO_SLOT,
	};

	if (bpf_loop(CT_GC_STEPS, ct_gc_ring_step, &search, 0) < 0)
		return CT_NO_SLOT;
	return search.found;
}

/* Ended connections are kept for their whole timeout, except those of a host that closes many. */
static __always_inline __s64 ct_gc_linger_ns(const struct ct_slot *slot, __u32 rows)
{
	if (ct_share_is_stale(slot->source_host, rows) ||
	    ct_share_is_stale(slot->destination_host, rows))
		return CT_LINGER_S * NSEC_PER_SEC;
	return (__s64)CONFIG_GET(ct_closed_s) * NSEC_PER_SEC;
}

/* One slot of each in the timer's round. */
static int ct_gc_sweep_ring(__u32 step, struct ct_gc *search)
{
	__u32 index = ct_gc_next(search);
	struct ct_slot *slot = bpf_map_lookup_elem(&hd_ct_ring, &index);

	(void)step;
	if (slot)
		ct_slot_reclaim(search->aging, slot, index, ct_gc_linger_ns(slot, search->size));
	return 0;
}

static int ct_gc_sweep_queue(__u32 step, struct ct_gc *search)
{
	__u32 index = search->aging->queue_cursor++ % search->size;
	struct ct_slot *slot = bpf_map_lookup_elem(&hd_ct_queue, &index);
	const struct ct_entry *entry;
	__u64 now = ctx_now();
	__s64 remaining = 0;

	(void)step;
	/* Not before its time: a look-up would make the entry a recent one to the LRU. */
	if (!slot || !slot->key.protocol || (__s64)(slot->time_ns - now) > 0)
		return 0;
	entry = bpf_map_lookup_elem(&hd_ct_unassured, &slot->key);
	if (entry)
		remaining = ct_remaining(&slot->key, entry, now);
	if (remaining > 0) {
		slot->time_ns = now + remaining;
		return 0;
	}
	if (entry)
		bpf_map_delete_elem(&hd_ct_unassured, &slot->key);
	slot->key.protocol = 0;
	__sync_fetch_and_add(&search->aging->queue_rows, -1);
	return 0;
}

static int ct_timer_tick(void *map, __u32 *row, struct ct_aging *aging)
{
	struct ct_gc ring = { .aging = aging, .size = ct_ring_size() };
	struct ct_gc queue = { .aging = aging, .size = ct_queue_size() };

	(void)map;
	(void)row;
	if (aging->ring_rows)
		bpf_loop(ring.size / CT_SLICES + 1, ct_gc_sweep_ring, &ring, 0);
	if (aging->queue_rows)
		bpf_loop(queue.size / CT_SLICES + 1, ct_gc_sweep_queue, &queue, 0);
	/* A row is counted before the program looks whether the timer runs: an atomic operation
	 * with a result is a full barrier. */
	aging->due_ns = 0;
	if (__sync_fetch_and_add(&aging->ring_rows, 0) ||
	    __sync_fetch_and_add(&aging->queue_rows, 0)) {
		aging->due_ns = ctx_now() + CT_SLICE_NS;
		if (bpf_timer_start(&aging->timer, CT_SLICE_NS, 0))
			aging->due_ns = 0;
	}
	return 0;
}

/* bpf_timer_init() allocates memory, once, and may fail: the next flow tries again. */
static __always_inline void ct_arm_timer(struct ct_aging *aging)
{
	__u64 now = ctx_now();
	bool runs = (__s64)(now - aging->due_ns) < NSEC_PER_SEC;

	if (runs && (__s64)(now - aging->armed_ns) < CT_REARM_S * NSEC_PER_SEC)
		return;
	aging->armed_ns = now;
	bpf_timer_init(&aging->timer, &hd_ct_aging, CLOCK_MONOTONIC_ID);
	if (bpf_timer_set_callback(&aging->timer, ct_timer_tick) ||
	    bpf_timer_start(&aging->timer, CT_SLICE_NS, 0))
		return;
	aging->due_ns = now + CT_SLICE_NS;
}

/* Queues a flow that was created in hd_ct_unassured. */
static __always_inline void ct_enqueue(struct ct_aging *aging, const struct flow *key)
{
	struct ct_slot *slot;
	__u32 index;

	index = __sync_fetch_and_add(&aging->queue_tail, 1) % ct_queue_size();
	slot = bpf_map_lookup_elem(&hd_ct_queue, &index);
	if (!slot)
		return;
	if (!slot->key.protocol)
		__sync_fetch_and_add(&aging->queue_rows, 1);
	slot->key = *key;
	slot->time_ns = ctx_now() + ct_timeout(key->protocol, 0);
	ct_arm_timer(aging);
}
