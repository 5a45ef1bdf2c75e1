// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs that do nothing, one for each kind of hook: what a test run takes by itself. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum {
	NEXT = -1,  /* TCX_NEXT: linux/bpf.h since 6.6; Debian has an older one */
	ACCEPT = 1, /* NF_ACCEPT */
};

SEC("tc")
int empty_tc(struct __sk_buff *ctx)
{
	(void)ctx;
	return NEXT;
}

SEC("xdp")
int empty_xdp(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

SEC("netfilter")
int empty_netfilter(void *ctx)
{
	(void)ctx;
	return ACCEPT;
}
