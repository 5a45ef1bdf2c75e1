// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What carries the packet at a tc hook. A hook includes exactly one ctx_*.h, before all else: the
 * stages read packets only through these functions. */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "abi/config.h"

typedef struct __sk_buff ctx_t;

/* Of the kernel's own type: the members that are read here. */
struct sk_buff {
	unsigned long _nfct;
} __attribute__((preserve_access_index));

/* Since 6.2; called only where forward_hook says that it is there. */
extern void *bpf_cast_to_kern_ctx(void *ctx) __ksym __weak;

enum ctx_action {
	ACTION_NEXT = -1, /* TCX_NEXT, not TC_ACT_OK: later programs and filters still see it */
	ACTION_DROP = TC_ACT_SHOT,
	ACTION_REDIRECT = TC_ACT_REDIRECT,
};

/* Copies length bytes at offset, wherever they lie; false if the packet ends before. */
static __always_inline bool ctx_load(ctx_t *ctx, __u32 offset, void *to, __u32 length)
{
	return bpf_skb_load_bytes(ctx, offset, to, length) == 0;
}

#include "lib/ctx_linear.h"

/* Bytes from offset 0, link-layer header included. */
static __always_inline __u32 ctx_length(ctx_t *ctx)
{
	return ctx->len;
}

/* The hook's device. */
static __always_inline __u32 ctx_ifindex(ctx_t *ctx)
{
	return ctx->ifindex;
}

/* A super-packet: the length in its IP header may be 0 (BIG TCP). */
static __always_inline bool ctx_is_gso(ctx_t *ctx)
{
	return ctx->gso_size != 0;
}

/* Belongs to a VLAN: the tag is kept beside the packet, not in its Ethernet header. */
static __always_inline bool ctx_is_tagged(ctx_t *ctx)
{
	return ctx->vlan_present;
}

/* skb->cb, where the IP stack clears it too (struct inet_skb_parm, inet6_skb_parm). */
enum {
	CTX_SENT_AT = 2,
	CTX_SENT_FIRST = 0x48656464,
	CTX_SENT_SECOND = 0x6c652121,
};

/* One of our programs sends the packet out of an uplink: it has been checked. uplink_tx is next, on
 * the same skb; pod_tx removes the mark from what pods send. */
static __always_inline void ctx_mark_sent(ctx_t *ctx)
{
	ctx->cb[CTX_SENT_AT] = CTX_SENT_FIRST;
	ctx->cb[CTX_SENT_AT + 1] = CTX_SENT_SECOND;
}

static __always_inline bool ctx_is_sent(ctx_t *ctx)
{
	return ctx->cb[CTX_SENT_AT] == CTX_SENT_FIRST &&
	       ctx->cb[CTX_SENT_AT + 1] == CTX_SENT_SECOND;
}

static __always_inline void ctx_unmark_sent(ctx_t *ctx)
{
	ctx->cb[CTX_SENT_AT] = 0;
}

/* See ctx_netfilter.h; 0 on kernels without netfilter links. */
static __always_inline unsigned long ctx_nfct(ctx_t *ctx)
{
	struct sk_buff *skb;

	if (!CONFIG_GET(forward_hook))
		return 0;
	skb = bpf_cast_to_kern_ctx(ctx);
	return skb->_nfct;
}
