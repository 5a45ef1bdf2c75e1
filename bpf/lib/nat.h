// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Replaces one end of a packet, address and port, with all checksums over them. */
#pragma once

#include <stddef.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "lib/parse.h"

enum {
	TCP_CHECK_AT = 16,
	UDP_CHECK_AT = 6,
	PORT_SIZE = 2,
};

/* Where the packet's headers are. */
struct nat_at {
	__u32 l3_offset;
	__u32 l4_offset; /* 0: a later fragment, which has neither ports nor a checksum over them */
	__u8 protocol;
	bool is_source; /* which end is replaced */
};

struct nat_end {
	const struct addr *from;
	const struct addr *to;
	__be16 from_port;
	__be16 to_port;
};

/* A UDP packet without a checksum stays without. */
static __always_inline __u64 nat_check_flags(const struct nat_at *at)
{
	return at->protocol == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;
}

static __always_inline __u32 nat_check_offset(const struct nat_at *at)
{
	return at->l4_offset + (at->protocol == IPPROTO_TCP ? TCP_CHECK_AT : UDP_CHECK_AT);
}

/* SCTP's checksum covers the ports and not the addresses (RFC 9260 section 6.8): its ports stay. */
static __always_inline bool nat_has_check(const struct nat_at *at)
{
	return at->l4_offset && at->protocol != IPPROTO_SCTP;
}

static __always_inline void nat_write_port(ctx_t *ctx, const struct nat_at *at,
					   const struct nat_end *end)
{
	__u32 offset = at->l4_offset + (at->is_source ? 0 : PORT_SIZE);

	if (!nat_has_check(at) || end->from_port == end->to_port)
		return;
	bpf_l4_csum_replace(ctx, nat_check_offset(at), end->from_port, end->to_port,
			    nat_check_flags(at) | PORT_SIZE);
	bpf_skb_store_bytes(ctx, offset, &end->to_port, PORT_SIZE, 0);
}

static __always_inline void nat_write_ipv4(ctx_t *ctx, const struct nat_at *at,
					   const struct nat_end *end)
{
	__be32 from = end->from->words[3], to = end->to->words[3];
	__u32 member = at->is_source ? offsetof(struct iphdr, saddr) : offsetof(struct iphdr, daddr);

	if (nat_has_check(at))
		bpf_l4_csum_replace(ctx, nat_check_offset(at), from, to,
				    nat_check_flags(at) | BPF_F_PSEUDO_HDR | sizeof(to));
	bpf_l3_csum_replace(ctx, at->l3_offset + offsetof(struct iphdr, check), from, to,
			    sizeof(to));
	bpf_skb_store_bytes(ctx, at->l3_offset + member, &to, sizeof(to), 0);
}

/* Without a checksum in the IP header, a checksum that the device made over the packet
 * (CHECKSUM_COMPLETE) stays as it is: what the address adds, the transport's checksum takes.
 * bpf_l4_csum_replace() changes it all the same, as of an IPv4 packet, which is undone here; since
 * 6.16 it takes a flag for that (kernel commit ead7f9b8de65). */
static __always_inline void nat_write_ipv6(ctx_t *ctx, const struct nat_at *at,
					   const struct nat_end *end)
{
	__u32 member =
		at->is_source ? offsetof(struct ipv6hdr, saddr) : offsetof(struct ipv6hdr, daddr);
	__s64 difference = bpf_csum_diff((__be32 *)end->from, sizeof(*end->from),
					 (__be32 *)end->to, sizeof(*end->to), 0);

	if (nat_has_check(at))
		bpf_l4_csum_replace(ctx, nat_check_offset(at), 0, difference,
				    nat_check_flags(at) | BPF_F_PSEUDO_HDR);
	bpf_csum_update(ctx, difference);
	bpf_skb_store_bytes(ctx, at->l3_offset + member, end->to, sizeof(*end->to), 0);
}

static __always_inline void nat_write(ctx_t *ctx, const struct nat_at *at,
				      const struct nat_end *end)
{
	if (addr_is_ipv4(end->from))
		nat_write_ipv4(ctx, at, end);
	else
		nat_write_ipv6(ctx, at, end);
	nat_write_port(ctx, at, end);
}
