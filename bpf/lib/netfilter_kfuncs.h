// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The kernel's functions on netfilter's conntrack that tc programs may call, since 6.1; called only
 * where ct_insert says that they are there. */
#pragma once

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum {
	NETFILTER_THIS_NETNS = -1, /* BPF_F_CURRENT_NETNS */
};

/* Names of the kernel's struct nf_conn, of which the entry's tuples are read elsewhere. */
struct nf_conn___known {
	unsigned long status;
};

struct bpf_ct_opts {
	__s32 netns_id;
	__s32 error;
	__u8 l4proto;
	__u8 dir; /* which of the entry's two tuples was found */
	__u8 reserved[2];
};

extern struct nf_conn___known *bpf_skb_ct_lookup(struct __sk_buff *ctx,
						 struct bpf_sock_tuple *tuple, __u32 tuple_size,
						 struct bpf_ct_opts *opts,
						 __u32 opts_size) __ksym __weak;
extern void bpf_ct_release(struct nf_conn___known *conn) __ksym __weak;
