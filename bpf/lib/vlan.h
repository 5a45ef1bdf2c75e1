// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* 802.1Q tags. The stack takes a frame whose tags all have VLAN 0 (802.1p, a priority and no VLAN)
 * for an untagged one (net/core/dev.c, check_vlan_id), so it is treated as one. */
#pragma once

#include "abi/verdict.h"

enum {
	VLAN_ID = 0x0fff,
	VLAN_TAG_LENGTH = 4,
};

static __always_inline bool vlan_is_priority(ctx_t *ctx)
{
	return ctx_is_tagged(ctx) && !(ctx->vlan_tci & VLAN_ID);
}

/* Of a tag within the frame, behind the one that the kernel keeps beside it; 0: there is none. */
static __always_inline __u32 vlan_length(ctx_t *ctx)
{
	__be16 ethertype = 0;

	ctx_load(ctx, offsetof(struct ethernet, ethertype), &ethertype, sizeof(ethertype));
	return ethertype == bpf_htons(ETH_P_8021Q) || ethertype == bpf_htons(ETH_P_8021AD)
		       ? VLAN_TAG_LENGTH
		       : 0;
}

/* The frame belongs to another network than the untagged one: its addresses are that network's. */
static __always_inline bool vlan_is_other(ctx_t *ctx)
{
	return (ctx_is_tagged(ctx) && (ctx->vlan_tci & VLAN_ID)) || vlan_length(ctx);
}

/* Removes a priority tag. The kernel keeps the outermost tag beside the frame, and puts the next
 * one there when it is popped: what is still tagged belongs to a VLAN. A second priority tag, which
 * the stack would remove as well, has no honest sender. */
static __always_inline enum verdict vlan_pop_priority(ctx_t *ctx)
{
	if (!vlan_is_priority(ctx))
		return VERDICT_NEXT;
	if (bpf_skb_vlan_pop(ctx) || vlan_is_priority(ctx))
		return DROP_ETHERTYPE;
	return VERDICT_NEXT;
}
