// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What carries the packet at the XDP hook: see ctx_skb.h. */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

typedef struct xdp_md ctx_t;

enum ctx_action {
	ACTION_NEXT = XDP_PASS,
	ACTION_DROP = XDP_DROP,
	ACTION_REDIRECT = XDP_REDIRECT,
};

static __always_inline bool ctx_load(ctx_t *ctx, __u32 offset, void *to, __u32 length)
{
	return bpf_xdp_load_bytes(ctx, offset, to, length) == 0;
}

#include "lib/ctx_linear.h"

/* The program does not take frames in several buffers: the kernel attaches it to no device that has
 * them. */
static __always_inline __u32 ctx_length(ctx_t *ctx)
{
	return ctx->data_end - ctx->data;
}

static __always_inline __u32 ctx_ifindex(ctx_t *ctx)
{
	return ctx->ingress_ifindex;
}

static __always_inline bool ctx_is_gso(ctx_t *ctx)
{
	(void)ctx;
	return false;
}

/* A tag that the device stripped is invisible here; one in the frame is an ethertype. */
static __always_inline bool ctx_is_tagged(ctx_t *ctx)
{
	(void)ctx;
	return false;
}
