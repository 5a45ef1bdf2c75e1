// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What tc's and XDP's contexts have in common: data and data_end. Included by ctx_skb.h and
 * ctx_xdp.h once they have ctx_t and ctx_load(). */
#pragma once

enum {
	CTX_HEADER_POINTER_MAX = 0x3fff, /* the verifier wants a bound */
};

/* See ctx_netfilter.h; here struct packet's pointers are needed afterwards. */
#define CTX_VERIFIED_ONCE static __always_inline

enum {
	CTX_SEES_LOCAL_IN = 0, /* policy may be asked about this node's own addresses */
};

/* length bytes at offset, in place where they lie in a row, else copied to buffer; NULL if the
 * packet ends before. */
static __always_inline const void *ctx_header_pointer(ctx_t *ctx, __u32 offset, void *buffer,
						      __u32 length)
{
	const void *at;

	barrier_var(offset); /* what is compared must be what is added */
	if (offset <= CTX_HEADER_POINTER_MAX) {
		at = (const void *)(long)ctx->data + offset;
		barrier_var(at); /* or the compiler computes it anew, unchecked */
		if (at + length <= (const void *)(long)ctx->data_end)
			return at;
	}
	return ctx_load(ctx, offset, buffer, length) ? buffer : NULL;
}

/* CLOCK_MONOTONIC in nanoseconds as of the last timer tick, a few milliseconds late at most:
 * reading the counter itself costs as much as a look-up. */
static __always_inline __u64 ctx_now(void)
{
	return bpf_ktime_get_coarse_ns();
}
