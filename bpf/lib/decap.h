// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Removes the outer headers of an admitted tunnel packet. */
#pragma once

#include <stddef.h>

#include "abi/config.h"
#include "lib/ecn_write.h"
#include "lib/tunnel.h"

/* Since 6.3, later than Debian's headers. */
#define DECAP_L3_IPV4 (1ULL << 7)
#define DECAP_L3_IPV6 (1ULL << 8)

static __always_inline bool decap_changes_family(const struct packet *pkt,
						 const struct tunnel *tunnel)
{
	return tunnel->family != pkt->family;
}

/* Without the DECAP_L3 flags (kernels before 6.3) a packet that changes family keeps the outer
 * protocol in the skb: only a receiving device, which reads the Ethernet header, sets it right. */
static __always_inline bool decap_needs_device(const struct packet *pkt,
					       const struct tunnel *tunnel)
{
	return decap_changes_family(pkt, tunnel) && !CONFIG_GET(decap_l3_flags);
}

/* Then, too, bpf_skb_adjust_room() insists on leaving as many bytes as an outer IP header has. */
static __always_inline bool decap_is_impossible(const struct packet *pkt,
						const struct tunnel *tunnel)
{
	return decap_needs_device(pkt, tunnel) && pkt->length < sizeof(struct ipv6hdr);
}

static __always_inline __u64 decap_flags(bool inner_ipv4, bool outer_ipv4)
{
	/* Outer lengths never counted in gso_size; checksums below: see decap_outer(). */
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_NO_CSUM_RESET;

	if (inner_ipv4 == outer_ipv4 || !CONFIG_GET(decap_l3_flags))
		return flags;
	return flags | (inner_ipv4 ? DECAP_L3_IPV4 : DECAP_L3_IPV6);
}

/* Everything between the outer Ethernet header and the inner IP header goes, and with it one level
 * of verified checksums: drivers and GRO count the outer UDP checksum as one even where it is zero
 * (include/linux/skbuff.h, "Checksumming of received packets": "UDP (possibly zero)"). With the
 * level kept, the inner checksum passes for verified and is never looked at. */
static __always_inline bool decap_outer(ctx_t *ctx, __s32 length, bool inner_ipv4, bool outer_ipv4)
{
	if (bpf_skb_adjust_room(ctx, -length, BPF_ADJ_ROOM_MAC,
				decap_flags(inner_ipv4, outer_ipv4)))
		return false;
	bpf_csum_level(ctx, BPF_CSUM_LEVEL_DEC);
	return true;
}

static __always_inline enum verdict decap_strip(ctx_t *ctx, struct packet *pkt,
						const struct tunnel *tunnel)
{
	__s32 room = pkt->l3_offset - ETH_HLEN;

	if (!decap_outer(ctx, room, pkt->family == L3_IPV4, tunnel->family == L3_IPV4))
		return DROP_DECAP;
	pkt->l4_offset -= room;
	pkt->l3_offset = ETH_HLEN;
	ecn_carry_in(ctx, pkt, tunnel->dsfield);
	return VERDICT_NEXT;
}
