// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The tables of flows as builds before 0.2 had them: a timer in each answered flow. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "abi/addr.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum {
	NEXT = -1, /* TCX_NEXT: linux/bpf.h since 6.6; Debian has an older one */
};

struct flow {
	__u32 segment;
	__u8 protocol;
	__u8 pad[3];
	struct addr source;
	struct addr destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 pad2[4];
};

struct conntrack {
	__u64 seen_ns;
	__u64 created_ns;
	__u32 flags;
	__u32 node_id;
	__u32 source_generation;
	__u32 destination_generation;
	__u32 source_rule;
	__u32 destination_rule;
	__u8 reserved[16];
};

struct conntrack_answered {
	struct conntrack flow;
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, struct conntrack);
} hd_unanswered SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct flow);
	__type(value, struct conntrack_answered);
} hd_conntrack SEC(".maps");

SEC("tc")
int uses_both(struct __sk_buff *ctx)
{
	struct flow key = {};

	(void)ctx;
	bpf_map_delete_elem(&hd_unanswered, &key);
	bpf_map_delete_elem(&hd_conntrack, &key);
	return NEXT;
}
