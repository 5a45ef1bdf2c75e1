// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whether a packet fits its path. Of a super-packet the segments count that GSO makes of it. */
#pragma once

#include <stddef.h>

#include "lib/packet.h"

/* IP packet length of the segments that GSO will make of this one; 0 if unknown. */
static __always_inline __u32 mtu_segment_length(ctx_t *ctx, const struct packet *pkt)
{
	__u32 header = pkt->l4_offset - pkt->l3_offset;

	if (pkt->protocol == IPPROTO_UDP)
		return header + TRANSPORT_HEADER_MIN + ctx->gso_size;
	if (!pkt->tcp_header_length)
		return 0;
	return header + pkt->tcp_header_length + ctx->gso_size;
}

/* mtu is the path's. What is cut up may also be a tunnel inside the packet, of which only the
 * kernel knows how: in TCP there is none. */
static __always_inline bool mtu_fits(ctx_t *ctx, const struct packet *pkt, __u16 mtu, __u32 ifindex)
{
	__u32 device_mtu = 0;

	if (!ctx_is_gso(ctx))
		return ctx_length(ctx) - pkt->l3_offset <= mtu;
	if (mtu_segment_length(ctx, pkt) > mtu)
		return false;
	return pkt->tcp_header_length ||
	       bpf_check_mtu(ctx, ifindex, &device_mtu, 0, BPF_MTU_CHK_SEGS) <= 0;
}
