// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Another node's packet of a settled flow to a pod: what uplink_rx does with it, by one look-up. */
#pragma once

#include "lib/decap.h"
#include "lib/encap_headers.h"
#include "lib/flow_cache.h"
#include "lib/metrics.h"

/* The headers in front of the inner IP packet. */
struct cache_tunnel {
	struct addr source;
	__u32 vni;
	__u32 inner;	  /* offset of the inner IP packet; 0: no tunnel's */
	__u32 end;	  /* of the outer IP packet */
	__be16 ethertype; /* of the inner one */
	__u8 dsfield;
	bool is_ipv4; /* the outer IP packet */
};

/* UDP, VXLAN and inner Ethernet, as in struct encap_payload. */
static __always_inline void cache_read_vxlan(const struct encap_payload *payload,
					     struct cache_tunnel *tunnel, __u32 inner)
{
	if (payload->destination_port != bpf_htons(CONFIG_GET(vxlan_port)) ||
	    !(payload->vxlan.flags & VXLAN_FLAG_VNI))
		return;
	tunnel->vni = vxlan_vni(&payload->vxlan);
	tunnel->ethertype = payload->inner.ethertype;
	tunnel->inner = inner;
}

/* Whole and to this node's end of the overlay: tunnel->inner is set. */
static __always_inline void cache_read_outer_ipv4(ctx_t *ctx, const struct control *control,
						  struct cache_tunnel *tunnel)
{
	const struct encap_ipv4 *outer = settled_at(ctx, ETH_HLEN, ENCAP_IPV4_LENGTH);

	if (!outer || *(const __u8 *)outer != SETTLED_IPV4_VERSION ||
	    outer->ip.protocol != IPPROTO_UDP || outer->ip.daddr != control->tunnel_ipv4.words[3] ||
	    (outer->ip.frag_off & bpf_htons(IPV4_FRAGMENT_OFFSET | IPV4_MORE_FRAGMENTS)))
		return;
	tunnel->is_ipv4 = true;
	tunnel->dsfield = outer->ip.tos;
	tunnel->end = ETH_HLEN + bpf_ntohs(outer->ip.tot_len);
	addr_set_ipv4(&tunnel->source, outer->ip.saddr);
	cache_read_vxlan(&outer->payload, tunnel, ETH_HLEN + ENCAP_IPV4_LENGTH);
}

static __always_inline void cache_read_outer_ipv6(ctx_t *ctx, const struct control *control,
						  struct cache_tunnel *tunnel)
{
	const struct encap_ipv6 *outer = settled_at(ctx, ETH_HLEN, ENCAP_IPV6_LENGTH);

	if (!outer || (*(const __u8 *)outer & SETTLED_VERSION_MASK) != SETTLED_IPV6_VERSION ||
	    outer->ip.nexthdr != IPPROTO_UDP ||
	    !addr_equal((const struct addr *)&outer->ip.daddr, &control->tunnel_ipv6))
		return;
	tunnel->dsfield = outer->ip.priority << 4 | outer->ip.flow_lbl[0] >> 4;
	tunnel->end = ETH_HLEN + sizeof(outer->ip) + bpf_ntohs(outer->ip.payload_len);
	__builtin_memcpy(&tunnel->source, &outer->ip.saddr, sizeof(tunnel->source));
	cache_read_vxlan(&outer->payload, tunnel, ETH_HLEN + ENCAP_IPV6_LENGTH);
}

/* The outer header's ECN field changes nothing (RFC 6040). */
static __always_inline bool cache_keeps_ecn(__u8 inner, __u8 outer)
{
	return ecn_combined(inner & ECN_MASK, outer & ECN_MASK) == (inner & ECN_MASK) &&
	       ((outer & ECN_MASK) != ECN_CE || (inner & ECN_MASK) != ECN_NOT_ECT);
}

/* Nothing of the outer headers asks for more than to be removed. */
static __always_inline bool cache_admits_tunnel(ctx_t *ctx, const struct cached_flow *flow,
						const struct cache_tunnel *tunnel,
						const struct settled *packet)
{
	return addr_equal(&flow->neighbour, &tunnel->source) &&
	       tunnel->inner + packet->length <= tunnel->end && tunnel->end <= ctx_length(ctx) &&
	       cache_keeps_ecn(packet->dsfield, tunnel->dsfield) &&
	       (!ctx_is_gso(ctx) || packet->protocol == IPPROTO_TCP);
}

/* True: it has been redirected. */
static __always_inline bool cache_receive_flow(ctx_t *ctx, const struct cache_tunnel *tunnel,
					       const struct settled *packet)
{
	const struct cached_flow *flow = cache_find(packet);
	struct cache_pod pod;

	if (!flow)
		return false;
	if (tunnel->inner ? !cache_admits_tunnel(ctx, flow, tunnel, packet)
			  : !cache_has_macs(ctx, flow))
		return false;
	if (!cache_read_pod(flow, packet, &pod))
		return false;
	if (tunnel->inner &&
	    !decap_outer(ctx, tunnel->inner - ETH_HLEN, packet->is_ipv4, tunnel->is_ipv4))
		return false;
	cache_redirect_pod(ctx, packet, &pod);
	return true;
}

static __always_inline void cache_read_tunnel(ctx_t *ctx, __be16 ethertype,
					      struct cache_tunnel *tunnel)
{
	const struct control *control = control_get();

	if (!control)
		return;
	if (ethertype == bpf_htons(ETH_P_IP))
		cache_read_outer_ipv4(ctx, control, tunnel);
	else if (ethertype == bpf_htons(ETH_P_IPV6))
		cache_read_outer_ipv6(ctx, control, tunnel);
}

/* enum ctx_action, or CACHE_MISS: then the packet is as it was. Verified once. */
__noinline int cache_receive(struct __sk_buff *ctx)
{
	const struct ethernet *ethernet = settled_at(ctx, 0, sizeof(*ethernet));
	struct cache_tunnel tunnel = { .vni = NO_VNI };
	struct settled packet = {};
	__u32 bytes = ctx_length(ctx);

	if (!ethernet || ctx_is_tagged(ctx) || ctx->pkt_type != PACKET_HOST)
		return CACHE_MISS;
	tunnel.ethertype = ethernet->ethertype;
	cache_read_tunnel(ctx, tunnel.ethertype, &tunnel);
	if (!settled_set_family(&packet, tunnel.ethertype) ||
	    !settled_read(ctx, tunnel.inner ?: ETH_HLEN, &packet))
		return CACHE_MISS;
	settled_complete_key(&packet, ctx_ifindex(ctx), tunnel.vni);
	if (!cache_receive_flow(ctx, &tunnel, &packet))
		return CACHE_MISS;
	metrics_count(HOOK_UPLINK_RX, REDIRECT_POD, bytes);
	return ACTION_REDIRECT;
}
