// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts packets by length, at a device's tcx hook. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct length_key {
	__u32 length;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct length_key);
	__type(value, __u64);
	__uint(max_entries, 1024);
} lengths SEC(".maps");

volatile const __u32 longest = 1500;

SEC("tcx/ingress")
int count(struct __sk_buff *ctx)
{
	struct length_key key = { .length = ctx->len < longest ? ctx->len : longest };
	__u64 one = 1, *packets = bpf_map_lookup_elem(&lengths, &key);

	if (packets)
		__sync_fetch_and_add(packets, 1);
	else
		bpf_map_update_elem(&lengths, &key, &one, BPF_ANY);
	return -1; /* TCX_NEXT: other programs decide */
}

char LICENSE[] SEC("license") = "GPL";
