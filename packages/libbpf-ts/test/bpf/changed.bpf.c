// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The map t_hash of maps.bpf.c with the same sizes and another meaning of its bytes. */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define UNUSED __attribute__((unused))

struct mac {
	__u8 bytes[6];
};

enum color {
	COLOR_RED = 2,
	COLOR_BLUE = 7,
	COLOR_GREEN = 9,
};

struct neighbour {
	__u64 seen_ns;
	__u32 delta;
	__u16 port;
	struct mac mac;
	char label[8];
	__u16 counts[2];
	__u16 extra;
	__u8 pad[6];
	enum color color;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct neighbour);
	__uint(max_entries, 4096);
} t_hash SEC(".maps");

SEC("tc")
int touch(struct __sk_buff *ctx UNUSED)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&t_hash, &key) != 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
