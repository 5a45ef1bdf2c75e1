// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The path to a lab's node, at the egress of its port of the switch: what wires, switches and
 * tunnels do to frames. */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "mark.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum {
	/* Behind all headers of a tunnel's frame: bytes flipped from here on are payload's. */
	HEADERS_MAX = 192,
};

/* One frame in so many; 0: none. */
volatile const __u32 corrupt_one_in;
volatile const __u32 drop_one_in;
volatile const __u32 duplicate_one_in;
volatile const __u32 reorder_one_in;
/* Device to which late frames go, 0: none. */
volatile const __u32 detour_ifindex;
volatile const bool vlan0;

struct path_counts {
	__u64 frames;
	__u64 super_packets; /* left alone: they are no frames */
	__u64 corrupted;
	__u64 dropped;
	__u64 duplicated;
	__u64 reordered;
	__u64 tagged;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct path_counts);
} path_counts SEC(".maps");

static __always_inline bool is_hit(__u32 one_in)
{
	return one_in && bpf_get_prandom_u32() % one_in == 0;
}

/* No sum is mended: the receiver must notice. */
static __always_inline void flip_byte(struct __sk_buff *ctx, struct path_counts *counts)
{
	__u32 offset;
	__u8 byte;

	if (ctx->len <= HEADERS_MAX)
		return;
	offset = HEADERS_MAX + bpf_get_prandom_u32() % (ctx->len - HEADERS_MAX);
	if (bpf_skb_load_bytes(ctx, offset, &byte, sizeof(byte)))
		return;
	byte ^= 1 + bpf_get_prandom_u32() % 255;
	if (!bpf_skb_store_bytes(ctx, offset, &byte, sizeof(byte), 0))
		__sync_fetch_and_add(&counts->corrupted, 1);
}

/* The copy meets this program again. */
static __always_inline void duplicate(struct __sk_buff *ctx, struct path_counts *counts)
{
	ctx->mark = PATH_MARK_DONE;
	if (!bpf_clone_redirect(ctx, ctx->ifindex, 0))
		__sync_fetch_and_add(&counts->duplicated, 1);
	ctx->mark = 0;
}

static __always_inline int impair(struct __sk_buff *ctx, struct path_counts *counts)
{
	__sync_fetch_and_add(&counts->frames, 1);
	if (is_hit(drop_one_in)) {
		__sync_fetch_and_add(&counts->dropped, 1);
		return TC_ACT_SHOT;
	}
	if (is_hit(corrupt_one_in))
		flip_byte(ctx, counts);
	if (detour_ifindex && is_hit(reorder_one_in)) {
		__sync_fetch_and_add(&counts->reordered, 1);
		return bpf_redirect(detour_ifindex, 0);
	}
	if (is_hit(duplicate_one_in))
		duplicate(ctx, counts);
	return TC_ACT_OK;
}

SEC("tc")
int path(struct __sk_buff *ctx)
{
	__u32 zero = 0;
	struct path_counts *counts = bpf_map_lookup_elem(&path_counts, &zero);
	int action = TC_ACT_OK;

	if (!counts)
		return TC_ACT_SHOT;
	if (ctx->mark == PATH_MARK_DONE)
		ctx->mark = 0;
	else if (ctx->gso_size)
		__sync_fetch_and_add(&counts->super_packets, 1);
	else
		action = impair(ctx, counts);
	if (action == TC_ACT_OK && vlan0 && !bpf_skb_vlan_push(ctx, bpf_htons(ETH_P_8021Q), 0))
		__sync_fetch_and_add(&counts->tagged, 1);
	return action;
}
