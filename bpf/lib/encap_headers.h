// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The outer IP, UDP, VXLAN and Ethernet headers of a flow, and pushing them in front of a packet.
 */
#pragma once

#include "lib/checksum.h"
#include "lib/redirect.h"
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

/* What all packets of a flow have in common. */
struct encap_flow {
	const struct route *route;
	__u32 vni;
	__u32 hash;
	bool inner_ipv4;
};

static __always_inline void encap_fill_payload(struct encap_payload *payload,
					       const struct encap_flow *flow)
{
	payload->source_port = encap_source_port(flow->hash);
	payload->destination_port = bpf_htons(CONFIG_GET(vxlan_port));
	payload->length = 0;
	payload->check = 0;
	payload->vxlan = vxlan_header(flow->vni);
	payload->inner.destination = flow->route->vtep_mac;
	payload->inner.source = mac_setting(&CONFIG_GET(overlay_mac));
	payload->inner.ethertype = redirect_ethertype(flow->inner_ipv4);
}

static __always_inline __u16 encap_ipv4_check(const struct iphdr *ip)
{
	const __u16 *words = (const __u16 *)ip;
	__u32 sum = 0;

	for (int i = 0; i < (int)sizeof(*ip) / 2; i++)
		sum += words[i];
	return checksum_fold(sum);
}

/* All but what differs from packet to packet. DF is not set: no program handles "fragmentation
 * needed" of routers in the underlay, so a path with a smaller MTU than the configured one would
 * drop longer packets silently. */
static __always_inline void encap_fill_ipv4(struct encap_ipv4 *outer, const struct encap_flow *flow)
{
	__builtin_memset(&outer->ip, 0, sizeof(outer->ip));
	outer->ip.version = 4;
	outer->ip.ihl = sizeof(outer->ip) / 4;
	outer->ip.ttl = CONFIG_GET(tunnel_ttl);
	outer->ip.protocol = IPPROTO_UDP;
	outer->ip.saddr = flow->route->source.words[3];
	outer->ip.daddr = flow->route->tunnel.words[3];
	outer->ip.check = encap_ipv4_check(&outer->ip);
	encap_fill_payload(&outer->payload, flow);
}

static __always_inline void encap_fill_ipv6(struct encap_ipv6 *outer, const struct encap_flow *flow)
{
	__builtin_memset(&outer->ip, 0, sizeof(outer->ip));
	outer->ip.version = 6;
	outer->ip.nexthdr = IPPROTO_UDP;
	outer->ip.hop_limit = CONFIG_GET(tunnel_ttl);
	__builtin_memcpy(&outer->ip.saddr, &flow->route->source, sizeof(outer->ip.saddr));
	__builtin_memcpy(&outer->ip.daddr, &flow->route->tunnel, sizeof(outer->ip.daddr));
	encap_fill_payload(&outer->payload, flow);
}

/* The rest, and the headers into the room made for them. length: of the outer IP packet. dsfield:
 * DSCP and, as RFC 6040's normal mode, ECN. A datagram that may be cut up needs an identification
 * of its own (RFC 6864, 4.1); the receiver takes old pieces for lost after 64 other datagrams
 * (net.ipv4.ipfrag_max_dist). */
static __always_inline void encap_write_ipv4(ctx_t *ctx, struct encap_ipv4 *outer, __u8 dsfield,
					     __u32 length)
{
	outer->ip.tos = dsfield;
	outer->ip.tot_len = bpf_htons(length);
	outer->ip.id = (__u16)bpf_get_prandom_u32();
	outer->ip.check = checksum_fold((__u16)~outer->ip.check + bpf_htons(dsfield) +
					outer->ip.tot_len + outer->ip.id);
	outer->payload.length = bpf_htons(length - sizeof(outer->ip));
	bpf_skb_store_bytes(ctx, ETH_HLEN, outer, ENCAP_IPV4_LENGTH, 0);
}

static __always_inline void encap_write_ipv6(ctx_t *ctx, struct encap_ipv6 *outer, __u8 dsfield,
					     __u32 length)
{
	outer->ip.priority = dsfield >> 4;
	outer->ip.flow_lbl[0] = dsfield << 4;
	outer->ip.payload_len = bpf_htons(length - sizeof(outer->ip));
	outer->payload.length = outer->ip.payload_len;
	bpf_skb_store_bytes(ctx, ETH_HLEN, outer, ENCAP_IPV6_LENGTH, 0);
}

/* The outer ethertype, where it is not the inner one. */
static __always_inline void encap_write_ethertype(ctx_t *ctx, bool outer_ipv4, bool inner_ipv4)
{
	__be16 ethertype = redirect_ethertype(outer_ipv4);

	if (outer_ipv4 != inner_ipv4)
		bpf_skb_store_bytes(ctx, offsetof(struct ethernet, ethertype), &ethertype,
				    sizeof(ethertype), 0);
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
