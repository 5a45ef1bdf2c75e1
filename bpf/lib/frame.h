// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A whole Ethernet frame as struct packet. Netfilter's hooks have none. */
#pragma once

#include "lib/control.h"
#include "lib/parse_ipv6.h"

/* The IP packet at l3_offset, by the ethertype in front of it. ARP is left to its own stage. */
static __always_inline enum verdict parse_network(ctx_t *ctx, struct packet *pkt)
{
	switch (pkt->ethernet.ethertype) {
	case bpf_htons(ETH_P_IP):
		return parse_ipv4(ctx, pkt);
	case bpf_htons(ETH_P_IPV6):
		return parse_ipv6(ctx, pkt);
	case bpf_htons(ETH_P_ARP):
		return VERDICT_NEXT;
	default:
		return DROP_ETHERTYPE;
	}
}

/* The Ethernet frame at offset. A function of its own, as the stack has no room for its headers. */
static __noinline enum verdict parse_frame(ctx_t *ctx, struct packet *pkt, __u32 offset)
{
	const struct ethernet *ethernet =
		ctx_header_pointer(ctx, offset, &pkt->ethernet, sizeof(*ethernet));
	enum verdict v;

	if (!ethernet)
		return DROP_MALFORMED;
	pkt->ethernet = *ethernet;
	pkt->l3_offset = offset + ETH_HLEN;
	v = parse_network(ctx, pkt);
	trace_match(ctx, pkt);
	return v;
}
