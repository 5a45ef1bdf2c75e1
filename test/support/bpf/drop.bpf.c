// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The least that XDP can do: what any other program is measured against. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("xdp")
int drop(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_DROP;
}
