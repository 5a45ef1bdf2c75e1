// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A pod's IPv6 neighbour discovery (RFC 4861): every address but its own is behind its gateway. */
#pragma once

#include "lib/checksum.h"
#include "lib/redirect.h"
#include "lib/endpoint.h"
#include "lib/parse_ipv6.h"

enum {
	ND_OPTION_SOURCE_MAC = 1,
	ND_OPTION_TARGET_MAC = 2,
	ND_ROUTER_SOLICITED_OVERRIDE = 0xe0,
};

/* Solicitation and advertisement, with the one option that matters. */
struct nd_message {
	__u8 type;
	__u8 code;
	__u16 check;
	__u8 flags;
	__u8 reserved[3];
	struct addr target;
	__u8 option_type;
	__u8 option_length; /* in 8 bytes */
	struct mac option_mac;
};

struct nd_advertisement {
	struct ethernet ethernet;
	__u8 pad[2]; /* keeps the rest aligned; not on the wire */
	struct ipv6hdr ip;
	struct nd_message message;
};

/* What the ICMPv6 checksum covers (RFC 8200 section 8.1). */
struct nd_pseudo {
	struct addr source;
	struct addr destination;
	__be32 length;
	__be32 next_header;
	struct nd_message message;
};

static __always_inline __u16 nd_check(const struct nd_advertisement *na)
{
	struct nd_pseudo pseudo = {
		.length = bpf_htonl(sizeof(na->message)),
		.next_header = bpf_htonl(IPPROTO_ICMPV6),
		.message = na->message,
	};

	__builtin_memcpy(&pseudo.source, &na->ip.saddr, sizeof(pseudo.source));
	__builtin_memcpy(&pseudo.destination, &na->ip.daddr, sizeof(pseudo.destination));
	return checksum_fold(bpf_csum_diff(NULL, 0, (__be32 *)&pseudo, sizeof(pseudo), 0));
}

/* Turns the solicitation into its answer and sends it back. */
static __always_inline enum verdict nd_reply(ctx_t *ctx, struct packet *pkt,
					     const struct addr *target)
{
	struct nd_advertisement na = {
		.ip = { .version = 6,
			.payload_len = bpf_htons(sizeof(na.message)),
			.nexthdr = IPPROTO_ICMPV6,
			.hop_limit = 255 },
		.message = { .type = ND_ADVERTISEMENT,
			     .flags = ND_ROUTER_SOLICITED_OVERRIDE,
			     .target = *target,
			     .option_type = ND_OPTION_TARGET_MAC,
			     .option_length = 1 },
	};

	na.message.option_mac = mac_setting(&CONFIG_GET(gateway_mac));
	__builtin_memcpy(&na.ip.saddr, target, sizeof(na.ip.saddr));
	__builtin_memcpy(&na.ip.daddr, &pkt->source, sizeof(na.ip.daddr));
	na.message.check = nd_check(&na);
	if (bpf_skb_change_tail(ctx, ETH_HLEN + sizeof(na.ip) + sizeof(na.message), 0))
		return DROP_MALFORMED;
	redirect_set_ethernet(ctx, pkt, na.message.option_mac, pkt->iface->mac);
	bpf_skb_store_bytes(ctx, ETH_HLEN, &na.ip, sizeof(na.ip) + sizeof(na.message), 0);
	redirect_to_peer(ctx, pkt, ctx->ifindex);
	return ANSWER_ND;
}

/* Reads the message; false if it is shorter than its target address. The option may be absent. */
static __always_inline bool nd_load(ctx_t *ctx, const struct packet *pkt, struct nd_message *nd)
{
	__u32 head = offsetof(struct nd_message, option_type);
	__u32 available = pkt->l3_offset + pkt->length - pkt->l4_offset;

	if (available < head || !ctx_load(ctx, pkt->l4_offset, nd, head))
		return false;
	if (available >= sizeof(*nd))
		return ctx_load(ctx, pkt->l4_offset + head, &nd->option_type, sizeof(*nd) - head);
	return true;
}

/* Link-local addresses are in no table: a claim to the sender's own is accepted, since it is not
 * forwarded. */
static __always_inline bool nd_is_own(const struct packet *pkt, const struct addr *addr)
{
	if (addr_is_link_local(addr))
		return addr_equal(addr, &pkt->source);
	return endpoint_is_own(pkt, addr);
}

static __always_inline bool nd_claims_foreign_mac(const struct packet *pkt,
						  const struct nd_message *nd, __u8 option)
{
	return nd->option_type == option && !mac_equal(&nd->option_mac, &pkt->iface->mac);
}

static __always_inline enum verdict nd_solicited(ctx_t *ctx, struct packet *pkt)
{
	struct nd_message nd = {};

	if (!nd_load(ctx, pkt, &nd))
		return DROP_MALFORMED;
	/* Duplicate address detection: silence says that the address is free. */
	if (addr_is_zero(&pkt->source))
		return DROP_NEIGHBOUR;
	if (nd_claims_foreign_mac(pkt, &nd, ND_OPTION_SOURCE_MAC) ||
	    !(addr_is_link_local(&pkt->source) || endpoint_is_own(pkt, &pkt->source)))
		return DROP_ND_SPOOF;
	if (addr_is_multicast(&nd.target) || nd_is_own(pkt, &nd.target))
		return DROP_NEIGHBOUR;
	return nd_reply(ctx, pkt, &nd.target);
}

static __always_inline enum verdict nd_advertised(ctx_t *ctx, const struct packet *pkt)
{
	struct nd_message nd = {};

	if (!nd_load(ctx, pkt, &nd))
		return DROP_MALFORMED;
	if (nd_claims_foreign_mac(pkt, &nd, ND_OPTION_TARGET_MAC) || !nd_is_own(pkt, &nd.target))
		return DROP_ND_SPOOF;
	return DROP_NEIGHBOUR;
}

static __noinline enum verdict ndisc_rcv(ctx_t *ctx, struct packet *pkt)
{
	switch (pkt->icmp_type) {
	case ND_SOLICITATION:
		return nd_solicited(ctx, pkt);
	case ND_ADVERTISEMENT:
		return nd_advertised(ctx, pkt);
	case ND_ROUTER_ADVERTISEMENT:
	case ND_REDIRECT:
		return DROP_ND_SPOOF;
	case ND_ROUTER_SOLICITATION:
	case MLD_QUERY ... MLD_DONE:
	case MLD2_REPORT:
		return DROP_NEIGHBOUR;
	default:
		return VERDICT_NEXT;
	}
}

static __always_inline enum verdict nd_answer(ctx_t *ctx, struct packet *pkt)
{
	if (pkt->family != L3_IPV6 || pkt->protocol != IPPROTO_ICMPV6 ||
	    pkt->fragment == FRAGMENT_LATER)
		return VERDICT_NEXT;
	return ndisc_rcv(ctx, pkt);
}
