// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One map of every type that the package speaks to, and variables of every kind. */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define DOC(text) __attribute__((btf_decl_tag("doc:" text)))

struct mac {
	__u8 bytes[6];
};

struct addr {
	union {
		__u8 bytes[16];
		__be32 words[4];
	};
};

enum color {
	COLOR_RED = 1,
	COLOR_BLUE = 7,
};

struct route_key {
	__u32 prefix_bits;
	__be32 address;
};

struct neighbour {
	__u64 seen_ns DOC("last seen");
	__s32 delta;
	__be16 port;
	struct mac mac;
	char label[8];
	__u16 counts[3];
	__u8 pad[6];
	enum color color;
};

volatile const __u32 answer __attribute__((section(".rodata.config"))) DOC("what it answers") = 7;
volatile const __u16 vxlan_port __attribute__((section(".rodata.config"))) = 4789;
volatile const struct mac own_mac __attribute__((section(".rodata.config"))) = { 0 };
volatile const __u64 scale = 3;
__u64 counter = 5;
__u64 zeroed;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct neighbour);
	__uint(max_entries, 4096);
} t_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct addr);
	__type(value, __u64);
	__uint(max_entries, 64);
} t_lru SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct route_key);
	__type(value, __u32);
	__uint(max_entries, 64);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} t_lpm SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 8);
} t_array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 4);
} t_percpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 16);
} t_percpu_hash SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 16);
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__type(key, __u32);
	__uint(max_entries, 8);
	__array(values, struct inner);
} t_outer SEC(".maps");

/* Answers from .rodata.config, counts in .data and in an array. */
SEC("tc")
int answer_config(struct __sk_buff *ctx)
{
	__u32 first = 0;
	__u64 *value = bpf_map_lookup_elem(&t_array, &first);

	counter++;
	zeroed += vxlan_port;
	if (value)
		*value += ctx->len * scale;
	return answer + own_mac.bytes[5];
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
