// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Writes the ECN field with which a packet leaves a tunnel. */
#pragma once

#include <stddef.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "lib/checksum.h"
#include "lib/ecn.h"

static __always_inline void ecn_write(ctx_t *ctx, struct packet *pkt, __u8 dsfield)
{
	__u8 word[2];

	if (pkt->family == L3_IPV4) {
		pkt->ipv4_check = checksum_replace(pkt->ipv4_check, bpf_htons(pkt->dsfield),
						   bpf_htons(dsfield));
		bpf_skb_store_bytes(ctx, pkt->l3_offset + offsetof(struct iphdr, tos), &dsfield,
				    sizeof(dsfield), 0);
		bpf_skb_store_bytes(ctx, pkt->l3_offset + offsetof(struct iphdr, check),
				    &pkt->ipv4_check, sizeof(pkt->ipv4_check), 0);
		return;
	}
	if (!ctx_load(ctx, pkt->l3_offset, word, sizeof(word)))
		return;
	word[1] = (word[1] & 0x0f) | dsfield << 4;
	bpf_skb_store_bytes(ctx, pkt->l3_offset, word, sizeof(word), BPF_F_RECOMPUTE_CSUM);
}

/* Copies CE and ECT(1) of the outer header into the inner one. */
static __always_inline void ecn_carry_in(ctx_t *ctx, struct packet *pkt, __u8 outer_dsfield)
{
	__u8 inner = pkt->dsfield & ECN_MASK;
	__u8 ecn = ecn_combined(inner, outer_dsfield & ECN_MASK);

	if (ecn != inner)
		ecn_write(ctx, pkt, (pkt->dsfield & ~ECN_MASK) | ecn);
}
