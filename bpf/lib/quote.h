// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The packet that an ICMP error quotes, and so the flow that the error belongs to. */
#pragma once

#include "lib/endpoint.h"
#include "lib/fragment.h"
#include "lib/route.h"

enum {
	ICMP_QUOTE_OFFSET = 8, /* RFC 792, RFC 4443: the quoted packet follows 8 bytes of header */
};

/* As struct packet begins. */
struct quote_ends {
	struct addr source;
	struct addr destination;
};

/* Where the quoted packet's transport header lies, and whether it has one. */
struct quote {
	__u32 l4_offset;
	__be32 fragment_id;
	bool is_later; /* a fragment without ports */
};

static __always_inline bool quote_parse_ipv4(ctx_t *ctx, struct flow *flow, struct quote *quote)
{
	struct iphdr ip;

	if (!ctx_load(ctx, quote->l4_offset, &ip, sizeof(ip)))
		return false;
	addr_set_ipv4(&flow->source, ip.saddr);
	addr_set_ipv4(&flow->destination, ip.daddr);
	flow->protocol = ip.protocol;
	quote->l4_offset += ip.ihl * 4;
	quote->fragment_id = ip.id;
	quote->is_later = ip.frag_off & bpf_htons(IPV4_FRAGMENT_OFFSET);
	return true;
}

/* A quote may be shorter than the length in its header (RFC 4443 section 3). */
static __always_inline bool quote_parse_ipv6(ctx_t *ctx, struct flow *flow, struct quote *quote)
{
	struct ipv6_chain chain = { .end = ctx_length(ctx) };
	struct ipv6hdr ip;

	if (!ctx_load(ctx, quote->l4_offset, &ip, sizeof(ip)))
		return false;
	__builtin_memcpy(&flow->source, &ip.saddr, sizeof(flow->source));
	__builtin_memcpy(&flow->destination, &ip.daddr, sizeof(flow->destination));
	chain.offset = quote->l4_offset + sizeof(ip);
	chain.protocol = ip.nexthdr;
	if (ipv6_chain_walk(ctx, &chain) != VERDICT_NEXT)
		return false;
	flow->protocol = chain.protocol;
	quote->l4_offset = chain.offset;
	quote->fragment_id = chain.fragment_id;
	quote->is_later = chain.fragment == FRAGMENT_LATER;
	return true;
}

/* Of a first fragment or a whole packet, of which RFC 792 promises 8 bytes; of an echo as
 * parse_icmp() has them. Whatever else has none, here as there. */
static __always_inline bool quote_load_ports(ctx_t *ctx, struct flow *flow, __u32 offset)
{
	__be16 transport[TRANSPORT_HEADER_MIN / 2];
	__u8 type;

	if (!parse_is_icmp(flow->protocol) && !parse_has_ports(flow->protocol))
		return true;
	if (!ctx_load(ctx, offset, transport, sizeof(transport)))
		return false;
	type = *(const __u8 *)transport;
	if (!parse_is_icmp(flow->protocol)) {
		flow->source_port = transport[0];
		flow->destination_port = transport[1];
	} else if (parse_is_echo_request(flow->protocol, type)) {
		flow->source_port = transport[2];
	} else if (parse_is_echo_reply(flow->protocol, type)) {
		flow->destination_port = transport[2];
	}
	return true;
}

/* The quoted packet's tuple, in its own direction, as the key of `ct`; false if it cannot be read,
 * and the key is undefined then. A later fragment has the ports of its first one. */
static __always_inline bool quote_parse(ctx_t *ctx, struct ct_state *ct, __u32 l4_offset, bool ipv4)
{
	struct quote quote = { .l4_offset = l4_offset + ICMP_QUOTE_OFFSET };
	bool parsed = ipv4 ? quote_parse_ipv4(ctx, &ct->key, &quote)
			   : quote_parse_ipv6(ctx, &ct->key, &quote);

	if (!parsed)
		return false;
	if (!quote.is_later)
		return quote_load_ports(ctx, &ct->key, quote.l4_offset);
	fragment_lookup(ct, quote.fragment_id);
	parsed = !ct->frag_no_ports;
	ct->frag_no_ports = false; /* of the quoted packet, not of the error */
	return parsed;
}

/* Between pods of this node, and inside the overlay, there are no routers but the nodes. `flow`
 * goes the way that the error goes. */
static __always_inline bool quote_path_is_ours(const struct flow *flow)
{
	const struct route *route;

	if (endpoint_is(endpoint_find(flow->vni, &flow->source), ENDPOINT_LOCAL_POD))
		return true;
	route = route_find(flow->vni, &flow->source);
	return route && route->kind == ROUTE_OVERLAY;
}

/* An error is sent by the destination or by a router on the path; no pod is a router, so an error
 * of another pod belongs to no flow. */
static __always_inline bool quote_is_from_path(const struct addr *source, const struct flow *flow)
{
	const struct endpoint *endpoint;
	const struct route *route;

	if (addr_equal(source, &flow->source))
		return true;
	endpoint = endpoint_find(flow->vni, source);
	if (endpoint)
		return endpoint_is_node(endpoint);
	route = route_find(flow->vni, source);
	return (!route || (route->flags & ROUTE_REPLY_ONLY)) && !quote_path_is_ours(flow);
}

/* The flow that an ICMP error is about, as the key of `ct`, in the direction of the error, which is
 * the reverse of the quoted packet's. An error is for the sender of the quoted packet alone.
 * `ends`: of the error's own packet, source and destination. Verified once. */
__noinline int quote_find_flow(ctx_t *ctx, struct ct_state *ct, const struct quote_ends *ends,
			       __u32 l4_offset, bool ipv4)
{
	if (!ct || !ends || !quote_parse(ctx, ct, l4_offset, ipv4))
		return false;
	flow_reverse(&ct->key);
	return addr_equal(&ends->destination, &ct->key.destination) &&
	       quote_is_from_path(&ends->source, &ct->key);
}
