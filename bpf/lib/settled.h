// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reads a packet that may belong to a settled flow: whole, of TCP or UDP, without options, nothing
 * that conntrack would note. What is not like that is left to the stages of the hook. */
#pragma once

#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "abi/flow_cache.h"
#include "lib/parse_ipv6.h"
#include "lib/ttl.h"

enum {
	SETTLED_IPV4_VERSION = 0x45, /* and a header of 20 bytes */
	SETTLED_IPV6_VERSION = 0x60,
	SETTLED_VERSION_MASK = 0xf0,
	SETTLED_TCP_FLAGS = TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK,
	TCP_HEADER_MIN = 20,
};

struct settled {
	union {
		struct cache_key_ipv4 ipv4;
		struct cache_key_ipv6 ipv6;
		__u64 words[CACHED_KEY_WORDS];
	} key;
	__u32 length;	     /* of the IP packet */
	__u32 header_length; /* IP and transport */
	__u32 sequence;	     /* TCP, host byte order */
	__u32 acknowledged;
	__u32 ipv4_fragment; /* identification, flags and offset, as on the wire */
	__u16 ipv4_check;
	__u8 protocol;
	__u8 ttl;
	__u8 dsfield;
	bool is_ipv4;
};

/* length bytes at offset if they lie in a row, else NULL. */
static __always_inline const void *settled_at(ctx_t *ctx, __u32 offset, __u32 length)
{
	const void *at = (const void *)(long)ctx->data + offset;

	return at + length <= (const void *)(long)ctx->data_end ? at : NULL;
}

/* Behind the IP header; lengths and key are not complete before. */
static __always_inline bool settled_read_transport(const struct transport_header *header,
						   struct settled *packet, __u32 ip_header)
{
	packet->header_length = ip_header + TRANSPORT_HEADER_MIN;
	if (packet->protocol == IPPROTO_TCP) {
		__u32 tcp_header = (header->sctp_chunk >> 4) * 4;

		if (tcp_header < TCP_HEADER_MIN ||
		    (header->tcp_flags & SETTLED_TCP_FLAGS) != TCP_ACK)
			return false;
		packet->header_length = ip_header + tcp_header;
		packet->sequence = bpf_ntohl(header->sequence);
		packet->acknowledged = bpf_ntohl(header->acknowledged);
	} else if (packet->protocol != IPPROTO_UDP) {
		return false;
	}
	return packet->length >= packet->header_length;
}

static __always_inline bool settled_read_ipv4(ctx_t *ctx, __u32 offset, struct settled *packet)
{
	struct cache_key_ipv4 *key = &packet->key.ipv4;
	const struct transport_header *header;
	const struct iphdr *ip = settled_at(ctx, offset, sizeof(*ip) + sizeof(*header));

	if (!ip || *(const __u8 *)ip != SETTLED_IPV4_VERSION ||
	    (ip->frag_off & bpf_htons(IPV4_FRAGMENT_OFFSET | IPV4_MORE_FRAGMENTS)))
		return false;
	header = (const void *)(ip + 1);
	packet->protocol = ip->protocol;
	packet->ttl = ip->ttl;
	packet->dsfield = ip->tos;
	packet->ipv4_check = ip->check;
	packet->ipv4_fragment = *(const __u32 *)&ip->id;
	packet->length = bpf_ntohs(ip->tot_len);
	key->source = ip->saddr;
	key->destination = ip->daddr;
	key->source_port = header->source_port;
	key->destination_port = header->destination_port;
	key->protocol = ip->protocol;
	return settled_read_transport(header, packet, sizeof(*ip));
}

static __always_inline bool settled_read_ipv6(ctx_t *ctx, __u32 offset, struct settled *packet)
{
	struct cache_key_ipv6 *key = &packet->key.ipv6;
	const struct transport_header *header;
	const struct ipv6hdr *ip = settled_at(ctx, offset, sizeof(*ip) + sizeof(*header));

	if (!ip || (*(const __u8 *)ip & SETTLED_VERSION_MASK) != SETTLED_IPV6_VERSION ||
	    !ip->payload_len)
		return false;
	header = (const void *)(ip + 1);
	packet->protocol = ip->nexthdr;
	packet->ttl = ip->hop_limit;
	packet->dsfield = ip->priority << 4 | ip->flow_lbl[0] >> 4;
	packet->length = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	__builtin_memcpy(&key->source, &ip->saddr, sizeof(key->source));
	__builtin_memcpy(&key->destination, &ip->daddr, sizeof(key->destination));
	key->source_port = header->source_port;
	key->destination_port = header->destination_port;
	key->protocol = ip->nexthdr;
	return settled_read_transport(header, packet, sizeof(*ip));
}

/* The IP packet at offset; all of the key but device and VNI. False: not for the cache. */
static __always_inline bool settled_read(ctx_t *ctx, __u32 offset, struct settled *packet)
{
	bool is_read = packet->is_ipv4 ? settled_read_ipv4(ctx, offset, packet)
				       : settled_read_ipv6(ctx, offset, packet);

	return is_read && packet->ttl > 1 && offset + packet->length <= ctx_length(ctx);
}

/* ifindex: of the hook's device. vni: of the tunnel, or NO_VNI. */
static __always_inline void settled_complete_key(struct settled *packet, __u32 ifindex, __u32 vni)
{
	if (packet->is_ipv4) {
		packet->key.ipv4.ifindex = ifindex;
		packet->key.ipv4.vni = vni;
	} else {
		packet->key.ipv6.ifindex = ifindex;
		packet->key.ipv6.vni = vni;
	}
}

/* False: neither IPv4 nor IPv6. */
static __always_inline bool settled_set_family(struct settled *packet, __be16 ethertype)
{
	packet->is_ipv4 = ethertype == bpf_htons(ETH_P_IP);
	return packet->is_ipv4 || ethertype == bpf_htons(ETH_P_IPV6);
}

/* One less, of the IP packet at offset. */
static __always_inline void settled_decrement_ttl(ctx_t *ctx, __u32 offset,
						  const struct settled *packet)
{
	if (packet->is_ipv4)
		ttl_write_ipv4(ctx, offset, packet->ttl - 1, packet->protocol,
			       ttl_ipv4_check(packet->ipv4_check));
	else
		ttl_write_ipv6(ctx, offset, packet->ttl - 1, packet->protocol);
}
