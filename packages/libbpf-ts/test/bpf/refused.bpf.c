// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program that the verifier refuses: it reads the packet without asking where it ends. */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int unchecked(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data;

	return data[13] == 8 ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
