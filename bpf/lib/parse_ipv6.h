// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* IPv6: the header and, bounded, the extension headers behind it. */
#pragma once

#include <linux/ipv6.h>

#include "lib/parse.h"

enum {
	IPV6_EXTENSIONS_MAX = 8,
	IPV6_FRAGMENT_OFFSET_SHIFT = 3,
	IPV6_MORE_FRAGMENTS = 0x1,
};

/* The first 8 bytes of any extension header; the last two fields are the fragment header's. */
struct ipv6_extension {
	__u8 next_header;
	__u8 length; /* AH: in 4 bytes less 2; else in 8 bytes less 1 */
	__be16 fragment;
	__be32 id;
};

static __always_inline bool ipv6_is_extension(__u8 next_header)
{
	return next_header == IPPROTO_HOPOPTS || next_header == IPPROTO_ROUTING ||
	       next_header == IPPROTO_DSTOPTS || next_header == IPPROTO_AH ||
	       next_header == IPPROTO_FRAGMENT;
}

static __always_inline __u32 ipv6_extension_length(__u8 type, const struct ipv6_extension *header)
{
	if (type == IPPROTO_FRAGMENT)
		return sizeof(*header);
	if (type == IPPROTO_AH)
		return (header->length + 2) * 4;
	return (header->length + 1) * 8;
}

/* Where a walk along extension headers stands. */
struct ipv6_chain {
	__u32 offset; /* of the next header, from the frame's begin */
	__u32 end;    /* of the packet */
	__be32 fragment_id;
	__u16 fragment_offset; /* in 8 bytes */
	__u8 protocol;	       /* IPPROTO_* of the next header */
	__u8 fragment;	       /* enum fragment */
};

static __always_inline void ipv6_chain_enter_fragment(struct ipv6_chain *chain,
						      const struct ipv6_extension *header)
{
	__u16 fragment = bpf_ntohs(header->fragment);

	chain->fragment_id = header->id;
	chain->fragment_offset = fragment >> IPV6_FRAGMENT_OFFSET_SHIFT;
	if (chain->fragment_offset)
		chain->fragment = FRAGMENT_LATER;
	else if (fragment & IPV6_MORE_FRAGMENTS)
		chain->fragment = FRAGMENT_FIRST;
}

/* enum verdict: walks to the transport header, or to what a later fragment carries. In a first
 * fragment the chain must be whole (RFC 7112). Global, so that the verifier follows it once. */
__noinline int ipv6_chain_walk(ctx_t *ctx, struct ipv6_chain *chain)
{
	struct ipv6_extension header;

	if (!chain)
		return DROP_MALFORMED;
	for (int i = 0; i < IPV6_EXTENSIONS_MAX; i++) {
		__u8 type = chain->protocol;

		if (!ipv6_is_extension(type) || chain->fragment == FRAGMENT_LATER)
			return VERDICT_NEXT;
		if (!ctx_load(ctx, chain->offset, &header, sizeof(header)))
			return DROP_MALFORMED;
		if (type == IPPROTO_FRAGMENT)
			ipv6_chain_enter_fragment(chain, &header);
		chain->protocol = header.next_header;
		chain->offset += ipv6_extension_length(type, &header);
		if (chain->offset > chain->end)
			return DROP_MALFORMED;
	}
	return DROP_EXTENSION;
}

static __always_inline enum verdict parse_ipv6_extensions(ctx_t *ctx, struct packet *pkt)
{
	struct ipv6_chain chain = {
		.offset = pkt->l4_offset,
		.end = pkt->l3_offset + pkt->length,
		.protocol = pkt->protocol,
	};
	enum verdict v;

	if (!ipv6_is_extension(pkt->protocol))
		return parse_transport(ctx, pkt, 0);
	v = ipv6_chain_walk(ctx, &chain);
	if (v != VERDICT_NEXT)
		return v;
	pkt->l4_offset = chain.offset;
	pkt->protocol = chain.protocol;
	pkt->fragment = chain.fragment;
	pkt->fragment_id = chain.fragment_id;
	return parse_transport(ctx, pkt, chain.fragment_offset);
}

static __always_inline enum verdict parse_ipv6(ctx_t *ctx, struct packet *pkt)
{
	struct ipv6hdr buffer;
	const struct ipv6hdr *ip = ctx_header_pointer(ctx, pkt->l3_offset, &buffer, sizeof(buffer));
	__u32 payload;

	if (!ip)
		return DROP_MALFORMED;
	payload = bpf_ntohs(ip->payload_len);
	if (!payload && ctx_is_gso(ctx))
		payload = ctx_length(ctx) - pkt->l3_offset - sizeof(*ip);
	if (ip->version != 6 || !parse_set_length(ctx, pkt, sizeof(*ip) + payload))
		return DROP_MALFORMED;

	pkt->family = L3_IPV6;
	pkt->l4_offset = pkt->l3_offset + sizeof(*ip);
	pkt->next_header = pkt->protocol = ip->nexthdr;
	pkt->ttl = ip->hop_limit;
	pkt->dsfield = ip->priority << 4 | ip->flow_lbl[0] >> 4;
	__builtin_memcpy(&pkt->source, &ip->saddr, sizeof(pkt->source));
	__builtin_memcpy(&pkt->destination, &ip->daddr, sizeof(pkt->destination));
	/* ::ffff:0:0/96 is our own form of IPv4; on the wire it would pass for an IPv4 address. */
	if (addr_is_ipv4(&pkt->source) || addr_is_ipv4(&pkt->destination))
		return DROP_MALFORMED;
	return parse_ipv6_extensions(ctx, pkt);
}
