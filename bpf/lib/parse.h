// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From a frame to struct packet: Ethernet, IP and the ports. */
#pragma once

#include <linux/in.h>
#include <linux/ip.h>

#include "lib/addr.h"
#include "lib/icmp.h"
#include "lib/packet.h"

enum {
	IPV4_FRAGMENT_OFFSET = 0x1fff, /* in 8 bytes */
	IPV4_MORE_FRAGMENTS = 0x2000,
	FRAGMENT_OFFSET_TINY = 1, /* overlaps TCP's flags and SCTP's first chunk */
	TRANSPORT_HEADER_MIN = 8, /* UDP, ICMP; the ports of TCP and SCTP are within it */
};

/* Events of a connection in a transport header. */
enum transport_event {
	/* As TCP has them in its header, so that its flags need no branches. */
	TRANSPORT_ENDS = 0x01,	 /* TCP FIN, SCTP SHUTDOWN and its ends */
	TRANSPORT_SYN = 0x02,	 /* TCP SYN, with or without ACK */
	TRANSPORT_RESETS = 0x04, /* TCP RST, SCTP ABORT */
	TRANSPORT_ACK = 0x10,	 /* TCP ACK; SCTP COOKIE ACK */

	TRANSPORT_OPENS = 0x08,	   /* TCP SYN alone, SCTP INIT, ICMP echo request */
	TRANSPORT_REFLECTS = 0x20, /* SCTP ABORT with the T bit: carries its receiver's own tag */
};

enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_ACK = 0x10,
	SCTP_TAG_REFLECTED = 1,	   /* RFC 9260 section 8.5.1 */
	SCTP_INITIATE_TAG_AT = 16, /* in an INIT, behind the common header */
	SCTP_INIT = 1,
	SCTP_ABORT = 6,
	SCTP_SHUTDOWN = 7,
	SCTP_SHUTDOWN_ACK = 8,
	SCTP_COOKIE_ACK = 11,
	SCTP_SHUTDOWN_COMPLETE = 14,
};

/* As far as the tcp_events reach: TCP's flags, the type of SCTP's first chunk. */
struct transport_header {
	__be16 source_port; /* ICMP: type and code */
	__be16 destination_port;
	union {
		__be16 echo_id;	 /* of an ICMP echo */
		__be32 sequence; /* TCP; SCTP: verification tag */
	};
	__be32 acknowledged; /* TCP; SCTP: checksum */
	__u8 sctp_chunk;     /* TCP: header length in the upper half, in 4 bytes */
	__u8 tcp_flags;	     /* SCTP: of the chunk */
};

static __always_inline bool parse_is_icmp(__u8 protocol)
{
	return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

static __always_inline bool parse_is_echo_request(__u8 protocol, __u8 type)
{
	return (protocol == IPPROTO_ICMP && type == ICMP_ECHO_REQUEST) ||
	       (protocol == IPPROTO_ICMPV6 && type == ICMPV6_ECHO_REQUEST);
}

static __always_inline bool parse_is_echo_reply(__u8 protocol, __u8 type)
{
	return (protocol == IPPROTO_ICMP && type == ICMP_ECHO_REPLY) ||
	       (protocol == IPPROTO_ICMPV6 && type == ICMPV6_ECHO_REPLY);
}

/* verifier: every branch here doubles what it walks behind it. */
static __always_inline __u8 parse_tcp_events(__u8 flags)
{
	__u32 other = (flags & (TCP_SYN | TCP_ACK | TCP_RST)) ^ TCP_SYN;

	barrier_var(other); /* or the compiler makes a branch of it */
	return (flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK)) |
	       ((other - 1) >> 31) * TRANSPORT_OPENS;
}

static __always_inline __u8 parse_sctp_events(__u8 chunk, __u8 flags)
{
	switch (chunk) {
	case SCTP_INIT:
		return TRANSPORT_OPENS;
	case SCTP_ABORT:
		return flags & SCTP_TAG_REFLECTED ? TRANSPORT_RESETS | TRANSPORT_REFLECTS
						  : TRANSPORT_RESETS;
	case SCTP_COOKIE_ACK:
		return TRANSPORT_ACK;
	case SCTP_SHUTDOWN:
	case SCTP_SHUTDOWN_ACK:
	case SCTP_SHUTDOWN_COMPLETE:
		return TRANSPORT_ENDS;
	default:
		return 0;
	}
}

/* An echo's identifier is the port of the requester. */
static __always_inline void parse_icmp(struct packet *pkt, const struct transport_header *header)
{
	pkt->icmp_type = *(const __u8 *)header;
	if (parse_is_echo_request(pkt->protocol, pkt->icmp_type)) {
		pkt->source_port = header->echo_id;
		pkt->ct.tcp_events = TRANSPORT_OPENS;
	} else if (parse_is_echo_reply(pkt->protocol, pkt->icmp_type)) {
		pkt->destination_port = header->echo_id;
	}
}

/* Protocols whose ports are a part of their flows; all others have one flow between two ends. */
static __always_inline bool parse_has_ports(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP;
}

/* Protocols whose header shows which packet opens a connection. */
static __always_inline bool parse_has_events(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP;
}

/* Of a header that is whole. */
static __always_inline void parse_events(struct packet *pkt, const struct transport_header *header)
{
	pkt->ct.sequence = bpf_ntohl(header->sequence);
	pkt->ct.acknowledged = bpf_ntohl(header->acknowledged);
	if (pkt->protocol == IPPROTO_TCP) {
		pkt->ct.tcp_events = parse_tcp_events(header->tcp_flags);
		pkt->tcp_header_length = (header->sctp_chunk >> 4) * 4;
	}
	if (pkt->protocol == IPPROTO_SCTP)
		pkt->ct.tcp_events = parse_sctp_events(header->sctp_chunk, header->tcp_flags);
}

/* A first fragment too short for the flags, or a later one that would overwrite them (RFC 1858): it
 * could pass for a part of an open connection and open another. */
static __always_inline bool parse_is_tiny(const struct packet *pkt, __u32 room, __u32 offset)
{
	if (!parse_has_events(pkt->protocol))
		return false;
	if (pkt->fragment == FRAGMENT_LATER)
		return offset == FRAGMENT_OFFSET_TINY;
	return pkt->fragment == FRAGMENT_FIRST && room < sizeof(struct transport_header);
}

/* Ports, or the ICMP type and echo identifier. */
CTX_VERIFIED_ONCE int parse_transport(ctx_t *ctx, struct packet *pkt, __u32 fragment_offset)
{
	struct transport_header buffer = {};
	const struct transport_header *header = NULL;
	__u32 room;

	if (!pkt)
		return DROP_MALFORMED;
	room = pkt->l3_offset + pkt->length - pkt->l4_offset;
	if (parse_is_tiny(pkt, room, fragment_offset))
		return DROP_FRAGMENT_TINY;
	if (pkt->fragment == FRAGMENT_LATER)
		return VERDICT_NEXT;
	if (!parse_is_icmp(pkt->protocol) && !parse_has_ports(pkt->protocol))
		return VERDICT_NEXT;
	if (pkt->l4_offset + TRANSPORT_HEADER_MIN > pkt->l3_offset + pkt->length)
		return DROP_MALFORMED;
	if (room >= sizeof(*header))
		header = ctx_header_pointer(ctx, pkt->l4_offset, &buffer, sizeof(*header));
	if (header)
		parse_events(pkt, header);
	else if (!parse_has_events(pkt->protocol) &&
		 ctx_load(ctx, pkt->l4_offset, &buffer, TRANSPORT_HEADER_MIN))
		header = &buffer;
	else
		return DROP_MALFORMED;
	if (parse_is_icmp(pkt->protocol)) {
		parse_icmp(pkt, header);
		return VERDICT_NEXT;
	}
	pkt->source_port = header->source_port;
	pkt->destination_port = header->destination_port;
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
	struct iphdr buffer;
	const struct iphdr *ip = ctx_header_pointer(ctx, pkt->l3_offset, &buffer, sizeof(buffer));
	__u32 header_length, length;
	__u16 fragment;

	if (!ip)
		return DROP_MALFORMED;
	header_length = ip->ihl * 4;
	length = bpf_ntohs(ip->tot_len);
	if (!length && ctx_is_gso(ctx))
		length = ctx_length(ctx) - pkt->l3_offset;
	if (ip->version != 4 || header_length < sizeof(*ip) || length < header_length ||
	    !parse_set_length(ctx, pkt, length))
		return DROP_MALFORMED;

	fragment = bpf_ntohs(ip->frag_off);
	if (fragment & IPV4_FRAGMENT_OFFSET)
		pkt->fragment = FRAGMENT_LATER;
	else if (fragment & IPV4_MORE_FRAGMENTS)
		pkt->fragment = FRAGMENT_FIRST;
	pkt->fragment_id = ip->id;
	pkt->family = L3_IPV4;
	pkt->l4_offset = pkt->l3_offset + header_length;
	pkt->next_header = pkt->protocol = ip->protocol;
	pkt->ttl = ip->ttl;
	pkt->dsfield = ip->tos;
	pkt->ipv4_check = ip->check;
	addr_set_ipv4(&pkt->source, ip->saddr);
	addr_set_ipv4(&pkt->destination, ip->daddr);
	return parse_transport(ctx, pkt, fragment & IPV4_FRAGMENT_OFFSET);
}
