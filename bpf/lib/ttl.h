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

/* The check field of a header whose TTL has become one less. */
static __always_inline __u16 ttl_ipv4_check(__u16 check)
{
	return checksum_replace(check, bpf_htons(0x0100), 0);
}

static __always_inline void ttl_write_ipv4(ctx_t *ctx, __u32 l3_offset, __u8 ttl, __u8 protocol,
					   __u16 check)
{
	struct {
		__u8 ttl;
		__u8 protocol;
		__u16 check;
	} word = { .ttl = ttl, .protocol = protocol, .check = check };

	bpf_skb_store_bytes(ctx, l3_offset + offsetof(struct iphdr, ttl), &word, sizeof(word), 0);
}

static __always_inline void ttl_write_ipv6(ctx_t *ctx, __u32 l3_offset, __u8 hop_limit,
					   __u8 next_header)
{
	/* Two bytes: a checksum over the packet can only be recomputed from an even offset. */
	__u8 word[2] = { next_header, hop_limit };

	bpf_skb_store_bytes(ctx, l3_offset + offsetof(struct ipv6hdr, nexthdr), word, sizeof(word),
			    BPF_F_RECOMPUTE_CSUM);
}

static __always_inline void ttl_decrement(ctx_t *ctx, struct packet *pkt)
{
	pkt->ttl--;
	if (pkt->family == L3_IPV4) {
		pkt->ipv4_check = ttl_ipv4_check(pkt->ipv4_check);
		ttl_write_ipv4(ctx, pkt->l3_offset, pkt->ttl, pkt->next_header, pkt->ipv4_check);
	} else {
		ttl_write_ipv6(ctx, pkt->l3_offset, pkt->ttl, pkt->next_header);
	}
}
