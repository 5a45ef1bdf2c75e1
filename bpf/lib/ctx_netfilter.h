// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What carries the packet at a netfilter hook: see ctx_skb.h. It begins with the IP header. */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/netfilter.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Of the kernel's own types: the members that are read here; offsets are relocated at load. */
struct net_device {
	int ifindex;
	const struct l3mdev_ops *l3mdev_ops;
} __attribute__((preserve_access_index));

struct nf_hook_state {
	__u8 pf;
	struct net_device *in;
	struct net_device *out;
} __attribute__((preserve_access_index));

struct sk_buff {
	unsigned int len;
	int skb_iif;
	unsigned long _nfct;
	unsigned long _skb_refdst;
} __attribute__((preserve_access_index));

struct dst_entry {
	const struct xfrm_state *xfrm;
	const struct lwtunnel_state *lwtstate;
} __attribute__((preserve_access_index));

struct bpf_nf_ctx {
	const struct nf_hook_state *state;
	struct sk_buff *skb;
};

extern void *bpf_rdonly_cast(const void *object, __u32 btf_id) __ksym __weak;
extern int bpf_dynptr_from_skb(struct __sk_buff *skb, __u64 flags,
			       struct bpf_dynptr *dynptr) __ksym;

/* The functions below name the struct itself: a relocation cannot start from a typedef. */
typedef struct bpf_nf_ctx ctx_t;

/* Of a function that is handed the whole struct packet: verified by itself, which spares a third of
 * all instructions where each load is a call. What struct packet points to is lost to the verifier
 * afterwards; here nothing is set before. */
#define CTX_VERIFIED_ONCE __noinline

enum {
	CTX_SEES_LOCAL_IN = 1, /* policy may be asked about this node's own addresses */
};

enum ctx_action {
	ACTION_NEXT = NF_ACCEPT,
	ACTION_DROP = NF_DROP,
	ACTION_REDIRECT = NF_ACCEPT, /* no stage redirects here */
};

/* A function of its own: the compiler would put later buffers where the dynptr lies, and the
 * verifier still sees it there. */
static __noinline bool ctx_load(struct bpf_nf_ctx *ctx, __u32 offset, void *to, __u32 length)
{
	struct bpf_dynptr packet;

	if (bpf_dynptr_from_skb((struct __sk_buff *)ctx->skb, 0, &packet))
		return false;
	return bpf_dynptr_read(to, length, &packet, offset, 0) == 0;
}

/* See ctx_skb.h; here always a copy. */
static __always_inline const void *ctx_header_pointer(struct bpf_nf_ctx *ctx, __u32 offset,
						      void *buffer, __u32 length)
{
	return ctx_load(ctx, offset, buffer, length) ? buffer : NULL;
}

static __always_inline __u32 ctx_length(struct bpf_nf_ctx *ctx)
{
	return ctx->skb->len;
}

/* CLOCK_MONOTONIC in nanoseconds; netfilter's programs may not ask for the coarse one. */
static __always_inline __u64 ctx_now(void)
{
	return bpf_ktime_get_ns();
}

/* The hook belongs to no device. */
static __always_inline __u32 ctx_ifindex(struct bpf_nf_ctx *ctx)
{
	(void)ctx;
	return 0;
}

/* Reassembled by netfilter's conntrack, or a super-packet: the length in the header may be 0. */
static __always_inline bool ctx_is_gso(struct bpf_nf_ctx *ctx)
{
	(void)ctx;
	return true;
}

/* NFPROTO_IPV4, as against NFPROTO_IPV6. */
static __always_inline bool ctx_is_ipv4(struct bpf_nf_ctx *ctx)
{
	return ctx->state->pf == 2;
}

/* The device that the packet came in by. */
static __always_inline __u32 ctx_ingress_ifindex(struct bpf_nf_ctx *ctx)
{
	return ctx->state->in->ifindex;
}

/* Whether that is a VRF, in place of the device behind it (kernel: networking/vrf.rst). */
static __always_inline bool ctx_ingress_is_vrf(struct bpf_nf_ctx *ctx)
{
	return bpf_core_field_exists(struct net_device, l3mdev_ops) && ctx->state->in->l3mdev_ops;
}

/* The device that the packet leaves by, at POST_ROUTING. */
static __always_inline __u32 ctx_egress_ifindex(struct bpf_nf_ctx *ctx)
{
	return ctx->state->out->ifindex;
}

enum {
	CTX_DST_NOREF = 1, /* SKB_DST_NOREF, the low bit of skb->_skb_refdst */
};

/* At POST_ROUTING: IPsec, or a route with an encapsulation, puts the packet into another one before
 * its device has it. */
static __always_inline bool ctx_is_to_be_wrapped(struct bpf_nf_ctx *ctx)
{
	unsigned long entry = ctx->skb->_skb_refdst & ~(__u64)CTX_DST_NOREF;
	const struct dst_entry *route;

	if (!entry)
		return false;
	route = bpf_rdonly_cast((const void *)entry, bpf_core_type_id_kernel(struct dst_entry));
	return (bpf_core_field_exists(struct dst_entry, xfrm) && route->xfrm) ||
	       (bpf_core_field_exists(struct dst_entry, lwtstate) && route->lwtstate);
}

/* Pointer to netfilter's entry, and in its low bits what the packet is to it; 0: none. */
static __always_inline unsigned long ctx_nfct(struct bpf_nf_ctx *ctx)
{
	return ctx->skb->_nfct;
}
