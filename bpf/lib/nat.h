// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Replaces one end of a packet, address and port, with all checksums over them. */
#pragma once

#include <stddef.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "abi/service.h"
#include "lib/parse.h"

enum {
	TCP_CHECK_AT = 16,
	UDP_CHECK_AT = 6,
	PORT_SIZE = 2,
};

/* A UDP packet without a checksum stays without. */
static __always_inline __u64 nat_check_flags(const struct nat_change *change)
{
	return change->protocol == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;
}

static __always_inline __u32 nat_check_offset(const struct nat_change *change)
{
	return change->l4_offset + (change->protocol == IPPROTO_TCP ? TCP_CHECK_AT : UDP_CHECK_AT);
}

/* SCTP's checksum covers the ports and not the addresses (RFC 9260 section 6.8): its ports stay. */
static __always_inline bool nat_has_check(const struct nat_change *change)
{
	return change->l4_offset && change->protocol != IPPROTO_SCTP;
}

static __always_inline void nat_write_port(ctx_t *ctx, const struct nat_change *change)
{
	__u32 offset = change->l4_offset + (change->is_source ? 0 : PORT_SIZE);

	if (!nat_has_check(change) || change->from_port == change->to_port)
		return;
	bpf_l4_csum_replace(ctx, nat_check_offset(change), change->from_port, change->to_port,
			    nat_check_flags(change) | PORT_SIZE);
	bpf_skb_store_bytes(ctx, offset, &change->to_port, PORT_SIZE, 0);
}

static __always_inline void nat_write_ipv4(ctx_t *ctx, const struct nat_change *change)
{
	__be32 from = change->from.words[3], to = change->to.words[3];
	__u32 member =
		change->is_source ? offsetof(struct iphdr, saddr) : offsetof(struct iphdr, daddr);

	if (nat_has_check(change))
		bpf_l4_csum_replace(ctx, nat_check_offset(change), from, to,
				    nat_check_flags(change) | BPF_F_PSEUDO_HDR | sizeof(to));
	bpf_l3_csum_replace(ctx, change->l3_offset + offsetof(struct iphdr, check), from, to,
			    sizeof(to));
	bpf_skb_store_bytes(ctx, change->l3_offset + member, &to, sizeof(to), 0);
}

/* Without a checksum in the IP header, a checksum that the device made over the packet
 * (CHECKSUM_COMPLETE) stays as it is: what the address adds, the transport's checksum takes.
 * bpf_l4_csum_replace() changes it all the same, as of an IPv4 packet, which is undone here; since
 * 6.16 it takes a flag for that (kernel commit ead7f9b8de65). */
static __always_inline void nat_write_ipv6(ctx_t *ctx, const struct nat_change *change)
{
	__u32 member = change->is_source ? offsetof(struct ipv6hdr, saddr)
					 : offsetof(struct ipv6hdr, daddr);
	__s64 difference = bpf_csum_diff((__be32 *)&change->from, sizeof(change->from),
					 (__be32 *)&change->to, sizeof(change->to), 0);

	if (nat_has_check(change))
		bpf_l4_csum_replace(ctx, nat_check_offset(change), 0, difference,
				    nat_check_flags(change) | BPF_F_PSEUDO_HDR);
	bpf_csum_update(ctx, difference);
	bpf_skb_store_bytes(ctx, change->l3_offset + member, &change->to, sizeof(change->to), 0);
}

/* The change is in a map's value. Verified once. */
__noinline int nat_write(struct __sk_buff *ctx, const struct nat_change *change)
{
	if (!change)
		return 0;
	if (!addr_equal(&change->from, &change->to)) {
		if (addr_is_ipv4(&change->from))
			nat_write_ipv4(ctx, change);
		else
			nat_write_ipv6(ctx, change);
	}
	nat_write_port(ctx, change);
	return 0;
}
