// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Encapsulates a packet to another node and sends it off. */
#pragma once

#include "lib/encap_headers.h"
#include "lib/kernel_vxlan.h"

static __always_inline void encap_push_ipv4(ctx_t *ctx, const struct packet *pkt,
					    const struct encap_flow *flow, __u32 length)
{
	struct encap_ipv4 outer;

	encap_fill_ipv4(&outer, flow);
	encap_write_ipv4(ctx, &outer, pkt->dsfield, length);
}

static __always_inline void encap_push_ipv6(ctx_t *ctx, const struct packet *pkt,
					    const struct encap_flow *flow, __u32 length)
{
	struct encap_ipv6 outer;

	encap_fill_ipv6(&outer, flow);
	encap_write_ipv6(ctx, &outer, pkt->dsfield, length);
}

/* Room around a packet that is a tunnel packet already. Without ENCAP flags the kernel keeps the
 * innermost headers as the inner ones, as its own vxlan does (iptunnel_handle_offloads()). Not
 * around a super-packet: after GSO its middle headers would keep the lengths of the whole. */
static __always_inline long encap_make_outer_room(ctx_t *ctx, bool ipv4)
{
	if (ctx_is_gso(ctx))
		return ERROR_ALREADY;
	return bpf_skb_adjust_room(ctx, ipv4 ? ENCAP_IPV4_LENGTH : ENCAP_IPV6_LENGTH,
				   BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO);
}

static __noinline enum verdict encap_send(ctx_t *ctx, struct packet *pkt)
{
	bool ipv4 = addr_is_ipv4(&pkt->route->tunnel);
	__u32 length = ctx_length(ctx) - ETH_HLEN + (ipv4 ? ENCAP_IPV4_LENGTH : ENCAP_IPV6_LENGTH);
	struct encap_flow flow = {
		.route = pkt->route,
		.vni = pkt->vni,
		.hash = bpf_get_hash_recalc(ctx),
		.inner_ipv4 = pkt->family == L3_IPV4,
	};
	long error;

	/* This node has no address of the tunnel's family to send from. */
	if (ipv4 != addr_is_ipv4(&pkt->route->source))
		return DROP_ENCAP;
	if (length > IP_LENGTH_MAX)
		return kernel_vxlan_send(ctx, pkt);
	error = encap_make_room(ctx, ipv4);
	if (error == ERROR_ALREADY && !CONFIG_GET(kernel_vxlan))
		error = encap_make_outer_room(ctx, ipv4);
	if (kernel_vxlan_is_needed(error))
		return kernel_vxlan_send(ctx, pkt);
	if (error)
		return DROP_ENCAP;
	if (ipv4)
		encap_push_ipv4(ctx, pkt, &flow, length);
	else
		encap_push_ipv6(ctx, pkt, &flow, length);
	encap_write_ethertype(ctx, ipv4, flow.inner_ipv4);
	redirect_uplink(ctx, pkt);
	return REDIRECT_OVERLAY;
}
