// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The flow that a packet belongs to; that of an ICMP error is in quote.h. */
#pragma once

#include "lib/parse_ipv6.h"

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

/* Of ICMP only an echo is part of a flow; the flow of a later fragment is that of its first one. */
static __always_inline bool flow_is_untrackable(const struct packet *pkt)
{
	return parse_is_icmp(pkt->protocol) && pkt->fragment != FRAGMENT_LATER &&
	       !parse_is_echo_request(pkt->protocol, pkt->icmp_type) &&
	       !parse_is_echo_reply(pkt->protocol, pkt->icmp_type);
}

/* The packet's own tuple. */
static __always_inline void flow_of_packet(const struct packet *pkt, struct flow *flow)
{
	flow->vni = pkt->vni;
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
