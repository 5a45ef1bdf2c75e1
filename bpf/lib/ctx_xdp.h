// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What carries the packet at the XDP hook: see ctx_skb.h. */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

typedef struct xdp_md ctx_t;

enum {
	CTX_VIEW_MAX = 0x3fff, /* the verifier wants a bound */
};

/* See ctx_netfilter.h; here struct packet's pointers are needed afterwards. */
#define CTX_VERIFIED_ONCE static __always_inline

enum {
	CTX_SEES_LOCAL_IN = 0, /* policy may be asked about this node's own addresses */
};

enum ctx_action {
	ACTION_NEXT = XDP_PASS,
	ACTION_DROP = XDP_DROP,
	ACTION_REDIRECT = XDP_REDIRECT,
};

static __always_inline bool ctx_load(ctx_t *ctx, __u32 offset, void *to, __u32 length)
{
	return bpf_xdp_load_bytes(ctx, offset, to, length) == 0;
}

/* length bytes at offset, in place where they lie in a row, else copied to buffer; NULL if the
 * packet ends before. */
static __always_inline const void *ctx_view(ctx_t *ctx, __u32 offset, void *buffer, __u32 length)
{
	const void *at;

	barrier_var(offset); /* what is compared must be what is added */
	if (offset <= CTX_VIEW_MAX) {
		at = (const void *)(long)ctx->data + offset;
		barrier_var(at); /* or the compiler computes it anew, unchecked */
		if (at + length <= (const void *)(long)ctx->data_end)
			return at;
	}
	return ctx_load(ctx, offset, buffer, length) ? buffer : NULL;
}

/* The program does not take frames in several buffers: the kernel attaches it to no device that has
 * them. */
static __always_inline __u32 ctx_length(ctx_t *ctx)
{
	return ctx->data_end - ctx->data;
}

/* CLOCK_MONOTONIC in nanoseconds as of the last timer tick, a few milliseconds late at most:
 * reading the counter itself costs as much as a look-up. */
static __always_inline __u64 ctx_now(void)
{
	return bpf_ktime_get_coarse_ns();
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
