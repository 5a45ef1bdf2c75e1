// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which flow a packet belongs to. An ICMP error belongs to the flow of the packet it quotes. */
#pragma once

#include "lib/parse_ipv6.h"

enum {
	ICMP_QUOTE_OFFSET = 8, /* RFC 792, RFC 4443: the quoted packet follows 8 bytes of header */
};

/* Exchanges the ends: the flow's other direction. */
static __always_inline void flow_reverse(struct flow *flow)
{
	struct addr source = flow->source;
	__be16 source_port = flow->source_port;

	flow->source = flow->destination;
	flow->source_port = flow->destination_port;
	flow->destination = source;
	flow->destination_port = source_port;
}

static __always_inline bool flow_is_icmp_error(const struct packet *pkt)
{
	__u8 type = pkt->icmp_type;

	if (pkt->fragment == FRAGMENT_LATER)
		return false;
	if (pkt->protocol == IPPROTO_ICMPV6)
		return type <= ICMPV6_ERROR_LAST;
	return pkt->protocol == IPPROTO_ICMP &&
	       (type == ICMP_UNREACHABLE || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
		type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER_PROBLEM);
}

/* Of ICMP only an echo is part of a flow, and what a fragment is of can be told by its first one.
 */
static __always_inline bool flow_is_alone(const struct packet *pkt)
{
	return parse_is_icmp(pkt->protocol) && pkt->fragment != FRAGMENT_LATER &&
	       !parse_is_echo_request(pkt->protocol, pkt->icmp_type) &&
	       !parse_is_echo_reply(pkt->protocol, pkt->icmp_type);
}

/* Ports of the quoted packet, of which RFC 792 promises 8 bytes; of an echo as parse_icmp() has
 * them. */
static __always_inline void flow_set_quoted_ports(struct flow *flow, const __be16 *transport)
{
	__u8 type = *(const __u8 *)transport;

	if (!parse_is_icmp(flow->protocol)) {
		flow->source_port = transport[0];
		flow->destination_port = transport[1];
	} else if (parse_is_echo_request(flow->protocol, type)) {
		flow->source_port = transport[2];
	} else if (parse_is_echo_reply(flow->protocol, type)) {
		flow->destination_port = transport[2];
	}
}

/* The quoted packet's tuple; false if there is none, and what is left in it means nothing then. */
static __noinline bool flow_of_quote(ctx_t *ctx, const struct packet *pkt, struct flow *flow)
{
	__u32 offset = pkt->l4_offset + ICMP_QUOTE_OFFSET;
	__be16 transport[TRANSPORT_HEADER_MIN / 2];

	if (pkt->family == L3_IPV4) {
		struct iphdr ip;

		if (!ctx_load(ctx, offset, &ip, sizeof(ip)))
			return false;
		addr_set_ipv4(&flow->source, ip.saddr);
		addr_set_ipv4(&flow->destination, ip.daddr);
		flow->protocol = ip.protocol;
		offset += ip.ihl * 4;
	} else {
		struct ipv6hdr ip;

		if (!ctx_load(ctx, offset, &ip, sizeof(ip)))
			return false;
		__builtin_memcpy(&flow->source, &ip.saddr, sizeof(flow->source));
		__builtin_memcpy(&flow->destination, &ip.daddr, sizeof(flow->destination));
		flow->protocol = ip.nexthdr;
		offset += sizeof(ip);
	}
	if (!ctx_load(ctx, offset, transport, sizeof(transport)))
		return false;
	flow_set_quoted_ports(flow, transport);
	return true;
}

/* The packet's own tuple. */
static __always_inline void flow_of_packet(const struct packet *pkt, struct flow *flow)
{
	flow->segment = pkt->segment;
	flow->protocol = pkt->protocol;
	flow->source = pkt->source;
	flow->destination = pkt->destination;
	flow->source_port = pkt->source_port;
	flow->destination_port = pkt->destination_port;
}

/* Whether the ends stand in the order of keys: by address, as two 64-bit words of this machine,
 * then by port. Any order would do. */
static __always_inline bool flow_order(const struct flow *flow)
{
	const struct addr *a = &flow->source, *b = &flow->destination;

	if (a->halves[0] != b->halves[0])
		return a->halves[0] < b->halves[0];
	if (a->halves[1] != b->halves[1])
		return a->halves[1] < b->halves[1];
	return flow->source_port <= flow->destination_port;
}
