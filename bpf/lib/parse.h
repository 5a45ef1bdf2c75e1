// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From a frame to struct packet: Ethernet, IP and the ports. */
#pragma once

#include <linux/in.h>
#include <linux/ip.h>

#include "lib/addr.h"
#include "lib/icmp.h"
#include "lib/packet.h"

enum {
	IPV4_FRAGMENT_OFFSET = 0x1fff,
	IPV4_MORE_FRAGMENTS = 0x2000,
	TRANSPORT_HEADER_MIN = 8, /* UDP, ICMP; the ports of TCP and SCTP are within it */
};

static __always_inline bool parse_has_echo_id(const struct packet *pkt, __u8 type)
{
	if (pkt->protocol == IPPROTO_ICMP)
		return type == ICMP_ECHO_REQUEST || type == ICMP_ECHO_REPLY;
	return type == ICMPV6_ECHO_REQUEST || type == ICMPV6_ECHO_REPLY;
}

/* Ports, or the ICMP type and echo identifier. */
static __always_inline enum verdict parse_transport(ctx_t *ctx, struct packet *pkt)
{
	__be16 header[TRANSPORT_HEADER_MIN / 2];
	bool icmp = pkt->protocol == IPPROTO_ICMP || pkt->protocol == IPPROTO_ICMPV6;

	if (pkt->fragment == FRAGMENT_LATER)
		return VERDICT_NEXT;
	if (!icmp && pkt->protocol != IPPROTO_TCP && pkt->protocol != IPPROTO_UDP &&
	    pkt->protocol != IPPROTO_SCTP)
		return VERDICT_NEXT;
	if (pkt->l4_offset + TRANSPORT_HEADER_MIN > pkt->l3_offset + pkt->length ||
	    !ctx_load(ctx, pkt->l4_offset, header, sizeof(header)))
		return DROP_MALFORMED;
	if (!icmp) {
		pkt->source_port = header[0];
		pkt->destination_port = header[1];
		return VERDICT_NEXT;
	}
	pkt->icmp_type = ((__u8 *)header)[0];
	if (parse_has_echo_id(pkt, pkt->icmp_type))
		pkt->source_port = pkt->destination_port = header[2];
	return VERDICT_NEXT;
}

/* False if the header claims more bytes than there are; trailing ones are Ethernet padding. */
static __always_inline bool parse_set_length(ctx_t *ctx, struct packet *pkt, __u32 length)
{
	pkt->length = length;
	return pkt->l3_offset + length <= ctx_length(ctx);
}

static __always_inline enum verdict parse_ipv4(ctx_t *ctx, struct packet *pkt)
{
	struct iphdr ip;
	__u32 header_length, length;
	__u16 fragment;

	if (!ctx_load(ctx, pkt->l3_offset, &ip, sizeof(ip)))
		return DROP_MALFORMED;
	header_length = ip.ihl * 4;
	length = bpf_ntohs(ip.tot_len);
	if (!length && ctx_is_gso(ctx))
		length = ctx_length(ctx) - pkt->l3_offset;
	if (ip.version != 4 || header_length < sizeof(ip) || length < header_length ||
	    !parse_set_length(ctx, pkt, length))
		return DROP_MALFORMED;

	fragment = bpf_ntohs(ip.frag_off);
	if (fragment & IPV4_FRAGMENT_OFFSET)
		pkt->fragment = FRAGMENT_LATER;
	else if (fragment & IPV4_MORE_FRAGMENTS)
		pkt->fragment = FRAGMENT_FIRST;
	pkt->fragment_id = ip.id;
	pkt->family = L3_IPV4;
	pkt->l4_offset = pkt->l3_offset + header_length;
	pkt->next_header = pkt->protocol = ip.protocol;
	pkt->ttl = ip.ttl;
	pkt->dsfield = ip.tos;
	pkt->ipv4_check = ip.check;
	addr_set_ipv4(&pkt->source, ip.saddr);
	addr_set_ipv4(&pkt->destination, ip.daddr);
	return parse_transport(ctx, pkt);
}
