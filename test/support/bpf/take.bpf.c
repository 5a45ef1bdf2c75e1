// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Another software's program at a pod's device: takes packets straight out of a NIC. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum {
	NEXT = -1, /* TCX_NEXT: linux/bpf.h since 6.6; Debian has an older one */
};

/* Of the NIC. */
volatile const __u32 out_ifindex;

SEC("tc")
int take(struct __sk_buff *ctx)
{
	if (ctx->protocol != bpf_htons(ETH_P_IP) && ctx->protocol != bpf_htons(ETH_P_IPV6))
		return NEXT;
	return bpf_redirect_neigh(out_ifindex, NULL, 0, 0);
}
