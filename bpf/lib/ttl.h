// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* TTL and hop limit: one less at each node that forwards. */
#pragma once

#include <stddef.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "lib/checksum.h"
#include "lib/packet.h"

/* Must not be forwarded: the host's stack answers with "time exceeded". */
static __always_inline bool ttl_is_expired(const struct packet *pkt)
{
	return pkt->ttl <= 1;
}

static __always_inline void ttl_decrement_ipv4(ctx_t *ctx, struct packet *pkt)
{
	struct {
		__u8 ttl;
		__u8 protocol;
		__u16 check;
	} word = { .ttl = pkt->ttl, .protocol = pkt->next_header };

	pkt->ipv4_check = checksum_replace(pkt->ipv4_check, bpf_htons(0x0100), 0);
	word.check = pkt->ipv4_check;
	bpf_skb_store_bytes(ctx, pkt->l3_offset + offsetof(struct iphdr, ttl), &word, sizeof(word),
			    0);
}

static __always_inline void ttl_decrement_ipv6(ctx_t *ctx, struct packet *pkt)
{
	/* Two bytes: a checksum over the packet can only be recomputed from an even offset. */
	__u8 word[2] = { pkt->next_header, pkt->ttl };

	bpf_skb_store_bytes(ctx, pkt->l3_offset + offsetof(struct ipv6hdr, nexthdr), word,
			    sizeof(word), BPF_F_RECOMPUTE_CSUM);
}

static __always_inline void ttl_decrement(ctx_t *ctx, struct packet *pkt)
{
	pkt->ttl--;
	if (pkt->family == L3_IPV4)
		ttl_decrement_ipv4(ctx, pkt);
	else
		ttl_decrement_ipv6(ctx, pkt);
}
