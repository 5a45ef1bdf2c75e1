// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A pod's ARP: every address but its own is behind its gateway. */
#pragma once

#include "lib/redirect.h"
#include "lib/endpoint.h"

enum {
	ARP_ETHERNET = 1,
	ARP_REQUEST = 1,
	ARP_REPLY = 2,
};

/* RFC 826 for IPv4 over Ethernet; the addresses are not aligned. */
struct arp {
	__be16 hardware_type;
	__be16 protocol_type;
	__u8 hardware_length;
	__u8 protocol_length;
	__be16 operation;
	struct mac sender_mac;
	__u8 sender[4];
	struct mac target_mac;
	__u8 target[4];
};

_Static_assert(sizeof(struct arp) == 28, "as on the wire");

static __always_inline bool arp_is_ipv4(const struct arp *arp)
{
	return arp->hardware_type == bpf_htons(ARP_ETHERNET) &&
	       arp->protocol_type == bpf_htons(ETH_P_IP) && arp->hardware_length == ETH_ALEN &&
	       arp->protocol_length == sizeof(arp->sender);
}

static __always_inline struct addr arp_addr(const __u8 *ipv4)
{
	struct addr addr;
	__be32 word;

	__builtin_memcpy(&word, ipv4, sizeof(word));
	addr_set_ipv4(&addr, word);
	return addr;
}

/* Turns the request into its answer and sends it back. */
static __always_inline enum verdict arp_reply(ctx_t *ctx, struct packet *pkt, struct arp *arp)
{
	struct {
		struct ethernet ethernet;
		struct arp arp;
	} reply = { .arp = *arp };

	reply.ethernet.destination = pkt->iface->mac;
	reply.ethernet.source = mac_setting(&CONFIG_GET(gateway_mac));
	reply.ethernet.ethertype = bpf_htons(ETH_P_ARP);
	reply.arp.operation = bpf_htons(ARP_REPLY);
	reply.arp.sender_mac = reply.ethernet.source;
	reply.arp.target_mac = pkt->iface->mac;
	__builtin_memcpy(reply.arp.sender, arp->target, sizeof(arp->target));
	__builtin_memcpy(reply.arp.target, arp->sender, sizeof(arp->sender));
	bpf_skb_store_bytes(ctx, 0, &reply, sizeof(reply), 0);
	redirect_to_peer(ctx, pkt, ctx->ifindex);
	return ANSWER_ARP;
}

static __noinline enum verdict arp_rcv(ctx_t *ctx, struct packet *pkt)
{
	struct arp arp;
	struct addr sender, target;

	if (!ctx_load(ctx, pkt->l3_offset, &arp, sizeof(arp)) || !arp_is_ipv4(&arp))
		return DROP_MALFORMED;
	sender = arp_addr(arp.sender);
	target = arp_addr(arp.target);
	if (!mac_equal(&arp.sender_mac, &pkt->iface->mac))
		return DROP_ARP_SPOOF;
	/* An address probe (RFC 5227) claims nothing and must stay unanswered. */
	if (sender.words[3] == 0)
		return DROP_NEIGHBOUR;
	if (!endpoint_is_own(pkt, &sender))
		return DROP_ARP_SPOOF;
	if (arp.operation != bpf_htons(ARP_REQUEST) || endpoint_is_own(pkt, &target))
		return DROP_NEIGHBOUR;
	return arp_reply(ctx, pkt, &arp);
}

static __always_inline enum verdict arp_answer(ctx_t *ctx, struct packet *pkt)
{
	return pkt->ethernet.ethertype == bpf_htons(ETH_P_ARP) ? arp_rcv(ctx, pkt) : VERDICT_NEXT;
}
