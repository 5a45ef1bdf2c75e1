// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A netfilter program: a type and a section that Debian's libbpf does not know. */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define UNUSED	  __attribute__((unused))
#define NF_ACCEPT 1

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
} t_runs SEC(".maps");

static __always_inline int count_and_accept(void)
{
	__u32 first = 0;
	__u64 *runs = bpf_map_lookup_elem(&t_runs, &first);

	if (runs)
		__sync_fetch_and_add(runs, 1);
	return NF_ACCEPT;
}

SEC("netfilter")
int accept(void *ctx UNUSED)
{
	return count_and_accept();
}

/* A section that nobody knows: the loader must be told. */
SEC("unheard_of")
int watch(void *ctx UNUSED)
{
	return count_and_accept();
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
