// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A pod's packet to a Service that has nothing behind it becomes the answer to itself: ICMP port
 * unreachable, which refuses connections at once (RFC 792, RFC 4443 section 3.1). */
#pragma once

#include <stddef.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "abi/config.h"
#include "lib/checksum.h"
#include "lib/icmp.h"
#include "lib/redirect.h"
#include "lib/service.h"

enum {
	REJECT_TTL = 64,
	REJECT_PAD = 2,
	REJECT_UDP_BYTES = 8, /* of the transport header, as much as is quoted */
	REJECT_SCTP_BYTES = 12,
	REJECT_TCP_BYTES = 20, /* the kernel cuts none shorter whose checksum it has yet to write */
};

struct reject_icmp {
	__u8 type;
	__u8 code;
	__u16 check;
	__u32 unused;
};

/* As on the wire, behind what aligns them. */
struct reject_ipv4 {
	__u8 pad[REJECT_PAD];
	struct ethernet ethernet;
	struct iphdr ip;
	struct reject_icmp icmp;
};

struct reject_ipv6 {
	__u8 pad[REJECT_PAD];
	struct ethernet ethernet;
	struct ipv6hdr ip;
	struct reject_icmp icmp;
};

static __always_inline bool service_is_rejected(enum verdict v)
{
	return v == ANSWER_SERVICE_EMPTY || v == ANSWER_SERVICE_PORT;
}

static __always_inline __u32 reject_transport_bytes(__u8 protocol)
{
	if (protocol == IPPROTO_TCP)
		return REJECT_TCP_BYTES;
	return protocol == IPPROTO_SCTP ? REJECT_SCTP_BYTES : REJECT_UDP_BYTES;
}

/* From whom the frame was, and back. */
static __always_inline void reject_fill_ethernet(struct ethernet *ethernet,
						 const struct ethernet *received)
{
	ethernet->destination = received->source;
	ethernet->source = mac_setting(&CONFIG_GET(gateway_mac));
	ethernet->ethertype = received->ethertype;
}

/* `sum`: of what else the checksum covers. The quote's buffer is zero behind the quote. */
static __always_inline __u16 reject_icmp_check(const struct service_draft *draft,
					       const struct reject_icmp *icmp, __u32 sum)
{
	sum = bpf_csum_diff(0, 0, (__be32 *)draft->quote, sizeof(draft->quote), sum);
	return checksum_fold(bpf_csum_diff(0, 0, (__be32 *)icmp, sizeof(*icmp), sum));
}

/* Between the Ethernet header and the quote. bpf_skb_change_head() would leave a skb->mac_len by
 * which a redirect into the pod pulls too much. */
static __always_inline bool reject_write(ctx_t *ctx, const struct ethernet *headers, __u32 length)
{
	return !bpf_skb_adjust_room(ctx, length - ETH_HLEN, BPF_ADJ_ROOM_MAC, 0) &&
	       !bpf_skb_store_bytes(ctx, 0, headers, length, 0);
}

static __always_inline bool reject_write_ipv4(ctx_t *ctx, struct service_draft *draft, __u32 quoted)
{
	struct reject_ipv4 *answer = (struct reject_ipv4 *)draft->headers;

	answer->ip.version = 4;
	answer->ip.ihl = sizeof(answer->ip) / 4;
	answer->ip.tot_len = bpf_htons(sizeof(answer->ip) + sizeof(answer->icmp) + quoted);
	answer->ip.ttl = REJECT_TTL;
	answer->ip.protocol = IPPROTO_ICMP;
	answer->ip.saddr = draft->frontend.addr.words[3];
	answer->ip.daddr = draft->client.addr.words[3];
	answer->ip.check =
		checksum_fold(bpf_csum_diff(0, 0, (__be32 *)&answer->ip, sizeof(answer->ip), 0));
	answer->icmp.type = ICMP_UNREACHABLE;
	answer->icmp.code = ICMP_UNREACHABLE_PORT;
	answer->icmp.check = reject_icmp_check(draft, &answer->icmp, 0);
	return reject_write(ctx, &answer->ethernet, sizeof(*answer) - REJECT_PAD);
}

/* ICMPv6's checksum covers a pseudo-header, too (RFC 8200 section 8.1). */
static __always_inline bool reject_write_ipv6(ctx_t *ctx, struct service_draft *draft, __u32 quoted)
{
	struct reject_ipv6 *answer = (struct reject_ipv6 *)draft->headers;
	__u32 sum = bpf_htonl(sizeof(answer->icmp) + quoted) + bpf_htonl(IPPROTO_ICMPV6);

	answer->ip.version = 6;
	answer->ip.payload_len = bpf_htons(sizeof(answer->icmp) + quoted);
	answer->ip.nexthdr = IPPROTO_ICMPV6;
	answer->ip.hop_limit = REJECT_TTL;
	__builtin_memcpy(&answer->ip.saddr, &draft->frontend.addr, sizeof(answer->ip.saddr));
	__builtin_memcpy(&answer->ip.daddr, &draft->client.addr, sizeof(answer->ip.daddr));
	answer->icmp.type = ICMPV6_UNREACHABLE;
	answer->icmp.code = ICMPV6_UNREACHABLE_PORT;
	sum = bpf_csum_diff(0, 0, (__be32 *)&answer->ip.saddr, 2 * sizeof(struct addr), sum);
	answer->icmp.check = reject_icmp_check(draft, &answer->icmp, sum);
	return reject_write(ctx, &answer->ethernet, sizeof(*answer) - REJECT_PAD);
}

/* False: the packet has IP options or extension headers, is a later fragment, or too short.
 * `l4_offset`: 0 for a later fragment. */
static __always_inline bool service_reject(ctx_t *ctx, struct service_draft *draft, __u32 l4_offset)
{
	bool ipv4 = addr_is_ipv4(&draft->frontend.addr);
	__u32 header = ipv4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	__u32 quoted = header + reject_transport_bytes(draft->frontend.protocol);
	struct ethernet received;
	bool written;

	__builtin_memset(draft->headers, 0, sizeof(draft->headers));
	__builtin_memset(draft->quote, 0, sizeof(draft->quote));
	if (l4_offset != ETH_HLEN + header || !ctx_load(ctx, 0, &received, sizeof(received)) ||
	    !ctx_load(ctx, ETH_HLEN, draft->quote, quoted) ||
	    bpf_skb_change_tail(ctx, ETH_HLEN + quoted, 0))
		return false;
	reject_fill_ethernet((struct ethernet *)(draft->headers + REJECT_PAD), &received);
	written = ipv4 ? reject_write_ipv4(ctx, draft, quoted)
		       : reject_write_ipv6(ctx, draft, quoted);
	if (written)
		bpf_redirect_peer(ctx->ifindex, 0);
	return written;
}
