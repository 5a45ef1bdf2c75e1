// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Redirects: into a pod, to the host stack, to a neighbour of the uplink. */
#pragma once

#include <linux/if_packet.h>

#include "abi/config.h"
#include "lib/addr.h"
#include "lib/ttl.h"

enum {
	ADDRESS_FAMILY_IPV4 = 2, /* AF_INET */
	ADDRESS_FAMILY_IPV6 = 10,
};

static __always_inline __be16 redirect_ethertype(bool ipv4)
{
	return ipv4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
}

static __always_inline void redirect_write_ethernet(ctx_t *ctx, struct mac source,
						    struct mac destination, bool ipv4)
{
	struct ethernet ethernet = {
		.destination = destination,
		.source = source,
		.ethertype = redirect_ethertype(ipv4),
	};

	bpf_skb_store_bytes(ctx, 0, &ethernet, sizeof(ethernet), 0);
}

static __always_inline void redirect_set_ethernet(ctx_t *ctx, const struct packet *pkt,
						  struct mac source, struct mac destination)
{
	redirect_write_ethernet(ctx, source, destination, pkt->family == L3_IPV4);
}

/* Into the pod behind the device, past the host's stack and the device's egress. */
static __always_inline void redirect_to_peer(ctx_t *ctx, struct packet *pkt, __u32 ifindex)
{
	if (ctx->pkt_type != PACKET_HOST)
		bpf_skb_change_type(ctx, PACKET_HOST);
	bpf_redirect_peer(ifindex, 0);
	pkt->redirected = true;
}

static __always_inline enum verdict redirect_pod(ctx_t *ctx, struct packet *pkt)
{
	ttl_decrement(ctx, pkt);
	redirect_set_ethernet(ctx, pkt, mac_setting(&CONFIG_GET(gateway_mac)), pkt->endpoint->mac);
	redirect_to_peer(ctx, pkt, pkt->endpoint->ifindex);
	return REDIRECT_POD;
}

/* Out of the pod's device instead, through the qdiscs and filters there and past the host's stack,
 * which may refuse the packet: strict rp_filter does a node's own address that came by a tunnel,
 * netfilter an answer whose question it has not seen. */
static __always_inline enum verdict redirect_pod_device(ctx_t *ctx, struct packet *pkt)
{
	ttl_decrement(ctx, pkt);
	redirect_set_ethernet(ctx, pkt, mac_setting(&CONFIG_GET(gateway_mac)), pkt->endpoint->mac);
	bpf_redirect(pkt->endpoint->ifindex, 0);
	pkt->redirected = true;
	return REDIRECT_POD;
}

/* To the host's stack as if heddle0 had received it, so that strict rp_filter holds. */
static __always_inline void redirect_host(ctx_t *ctx, struct packet *pkt)
{
	redirect_set_ethernet(ctx, pkt, mac_setting(&CONFIG_GET(gateway_mac)),
			      mac_setting(&CONFIG_GET(overlay_mac)));
	bpf_redirect(CONFIG_GET(overlay_ifindex), BPF_F_INGRESS);
	pkt->redirected = true;
}

/* What the host's stack sends still has its route through heddle0. A packet that waits for the next
 * hop's MAC is sent by that route's neighbour in the end, with heddle0's MAC for a destination,
 * unless bpf_redirect_neigh() looks up a route of its own. */
static __always_inline bool redirect_has_route(ctx_t *ctx)
{
	return ctx->ifindex == CONFIG_GET(overlay_ifindex);
}

/* Out of an uplink. Without a next hop the kernel's routing table finds one. */
static __always_inline void redirect_neighbour(ctx_t *ctx, __u32 ifindex,
					       const struct addr *next_hop)
{
	struct bpf_redir_neigh neighbour = {};

	ctx_mark_sent(ctx);
	if (addr_is_zero(next_hop) || redirect_has_route(ctx)) {
		bpf_redirect_neigh(ifindex, NULL, 0, 0);
		return;
	}
	if (addr_is_ipv4(next_hop)) {
		neighbour.nh_family = ADDRESS_FAMILY_IPV4;
		neighbour.ipv4_nh = next_hop->words[3];
	} else {
		neighbour.nh_family = ADDRESS_FAMILY_IPV6;
		__builtin_memcpy(neighbour.ipv6_nh, next_hop, sizeof(neighbour.ipv6_nh));
	}
	bpf_redirect_neigh(ifindex, &neighbour, sizeof(neighbour), 0);
}

static __always_inline void redirect_uplink(ctx_t *ctx, struct packet *pkt)
{
	pkt->redirected = true;
	redirect_neighbour(ctx, pkt->route->ifindex, &pkt->route->next_hop);
}
