// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Pushes outer IP, UDP, VXLAN and Ethernet headers in front of a packet and sends it off. */
#pragma once

#include "lib/checksum.h"
#include "lib/redirect.h"
#include "lib/kernel_vxlan.h"
#include "lib/vxlan.h"

enum {
	IP_LENGTH_MAX = 65535,
};

/* What stands between the outer IP header and the inner one. */
struct encap_payload {
	__be16 source_port;
	__be16 destination_port;
	__be16 length;
	__u16 check; /* 0: the inner packet has its own (RFC 7348; over IPv6, RFC 6935) */
	struct vxlan vxlan;
	struct ethernet inner;
};

struct encap_ipv4 {
	struct iphdr ip;
	struct encap_payload payload;
};

struct encap_ipv6 {
	struct ipv6hdr ip;
	struct encap_payload payload;
};

_Static_assert(sizeof(struct encap_ipv4) == 52, "50 on the wire, and two of padding behind");
_Static_assert(sizeof(struct encap_ipv6) == 72, "70 on the wire, and two of padding behind");

#define ENCAP_IPV4_LENGTH (offsetof(struct encap_ipv4, payload.inner) + ETH_HLEN)
#define ENCAP_IPV6_LENGTH (offsetof(struct encap_ipv6, payload.inner) + ETH_HLEN)

/* The flow's hash picks the port, so that routers spread flows over equal paths (RFC 7348). */
static __always_inline __be16 encap_source_port(__u32 hash)
{
	__u32 lowest = CONFIG_GET(source_port_min);
	__u64 count = CONFIG_GET(source_port_max) - lowest + 1;

	return bpf_htons(lowest + (__u16)((hash * count) >> 32));
}

static __always_inline void encap_fill_payload(struct encap_payload *payload,
					       const struct packet *pkt, __u32 hash, __u32 length)
{
	payload->source_port = encap_source_port(hash);
	payload->destination_port = bpf_htons(CONFIG_GET(vxlan_port));
	payload->length = bpf_htons(length);
	payload->check = 0;
	payload->vxlan = vxlan_header(pkt->vni);
	payload->inner.destination = pkt->route->vtep_mac;
	payload->inner.source = mac_setting(&CONFIG_GET(overlay_mac));
	payload->inner.ethertype = redirect_ethertype(pkt);
}

static __always_inline __u16 encap_ipv4_check(const struct iphdr *ip)
{
	const __u16 *words = (const __u16 *)ip;
	__u32 sum = 0;

	for (int i = 0; i < (int)sizeof(*ip) / 2; i++)
		sum += words[i];
	return checksum_fold(sum);
}

/* length: of the outer IP packet. DF is not set: no program handles "fragmentation needed" of
 * routers in the underlay, so a path with a smaller MTU than the configured one would drop longer
 * packets silently. A datagram that may be cut up needs an identification of its own (RFC
 * 6864, 4.1); the receiver takes old pieces for lost after 64 other datagrams
 * (net.ipv4.ipfrag_max_dist). */
static __always_inline void encap_write_ipv4(ctx_t *ctx, const struct packet *pkt, __u32 hash,
					     __u32 length)
{
	struct encap_ipv4 outer = {
		.ip = {
			.version = 4,
			.ihl = 5,
			.tos = pkt->dsfield, /* DSCP and, as RFC 6040's normal mode, ECN */
			.tot_len = bpf_htons(length),
			.id = (__u16)bpf_get_prandom_u32(),
			.ttl = CONFIG_GET(tunnel_ttl),
			.protocol = IPPROTO_UDP,
			.saddr = pkt->route->source.words[3],
			.daddr = pkt->route->tunnel.words[3],
		},
	};

	outer.ip.check = encap_ipv4_check(&outer.ip);
	encap_fill_payload(&outer.payload, pkt, hash, length - sizeof(outer.ip));
	bpf_skb_store_bytes(ctx, ETH_HLEN, &outer, ENCAP_IPV4_LENGTH, 0);
}

static __always_inline void encap_write_ipv6(ctx_t *ctx, const struct packet *pkt, __u32 hash,
					     __u32 length)
{
	struct encap_ipv6 outer = {
		.ip = {
			.version = 6,
			.priority = pkt->dsfield >> 4,
			.flow_lbl = { pkt->dsfield << 4 },
			.payload_len = bpf_htons(length - sizeof(struct ipv6hdr)),
			.nexthdr = IPPROTO_UDP,
			.hop_limit = CONFIG_GET(tunnel_ttl),
		},
	};

	__builtin_memcpy(&outer.ip.saddr, &pkt->route->source, sizeof(outer.ip.saddr));
	__builtin_memcpy(&outer.ip.daddr, &pkt->route->tunnel, sizeof(outer.ip.daddr));
	encap_fill_payload(&outer.payload, pkt, hash, length - sizeof(outer.ip));
	bpf_skb_store_bytes(ctx, ETH_HLEN, &outer, ENCAP_IPV6_LENGTH, 0);
}

/* Makes room for the outer headers. ENCAP_L2 is the inner Ethernet header alone (14 bytes): with
 * VXLAN's header in it, validate_xmit_skb() drops every TCP super-packet. */
static __always_inline long encap_make_room(ctx_t *ctx, bool ipv4)
{
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L4_UDP |
		      BPF_F_ADJ_ROOM_ENCAP_L2_ETH | BPF_F_ADJ_ROOM_ENCAP_L2(ETH_HLEN);

	if (ipv4)
		return bpf_skb_adjust_room(ctx, ENCAP_IPV4_LENGTH, BPF_ADJ_ROOM_MAC,
					   flags | BPF_F_ADJ_ROOM_ENCAP_L3_IPV4);
	return bpf_skb_adjust_room(ctx, ENCAP_IPV6_LENGTH, BPF_ADJ_ROOM_MAC,
				   flags | BPF_F_ADJ_ROOM_ENCAP_L3_IPV6);
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
	__be16 ethertype = ipv4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
	__u32 length = ctx_length(ctx) - ETH_HLEN + (ipv4 ? ENCAP_IPV4_LENGTH : ENCAP_IPV6_LENGTH);
	__u32 hash = bpf_get_hash_recalc(ctx);
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
		encap_write_ipv4(ctx, pkt, hash, length);
	else
		encap_write_ipv6(ctx, pkt, hash, length);
	if (ethertype != pkt->ethernet.ethertype)
		bpf_skb_store_bytes(ctx, offsetof(struct ethernet, ethertype), &ethertype,
				    sizeof(ethertype), 0);
	redirect_uplink(ctx, pkt);
	return REDIRECT_OVERLAY;
}
