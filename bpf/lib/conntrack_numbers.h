// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sequence numbers of TCP and verification tags of SCTP: whether a segment that would end a flow is
 * one that the flow's ends take in (RFC 9293 section 3.10.7.4, RFC 5961, RFC 9260 section 8.5). */
#pragma once

#include "abi/conntrack.h"
#include "lib/parse_ipv6.h"

enum {
	/* Of each end, for a flow without a handshake that could be checked: a question sent twice
	 * (A and AAAA from one socket) and its answers are fewer. */
	CONNTRACK_ASSURED_PACKETS = 3,
	/* How far an end's numbers may move before they are noted: a store per packet would bounce
	 * the cache line between CPUs. */
	CONNTRACK_SEQUENCE_LAG = 1 << 17,
	/* What one packet may carry beyond that. */
	CONNTRACK_SEQUENCE_AHEAD = CONNTRACK_SEQUENCE_LAG + (1 << 16),
	/* Numbers that move further at once are not this connection's. */
	CONNTRACK_SEQUENCE_JUMP = 1 << 23,
};

static __always_inline const struct conntrack_end *conntrack_sender(const struct tracked *ct,
								    const struct conntrack *entry)
{
	return ct->swapped ? &entry->destination_end : &entry->source_end;
}

static __always_inline const struct conntrack_end *conntrack_receiver(const struct tracked *ct,
								      const struct conntrack *entry)
{
	return ct->swapped ? &entry->source_end : &entry->destination_end;
}

static __always_inline bool conntrack_has_moved(__u32 noted, __u32 now)
{
	__u32 distance = now - noted;

	return !noted || (distance > CONNTRACK_SEQUENCE_LAG && distance < CONNTRACK_SEQUENCE_JUMP);
}

/* A refusal of the SYN itself acknowledges it and says nothing else. */
static __always_inline bool conntrack_refuses_syn(const struct tracked *ct,
						  const struct conntrack_end *opener)
{
	return (ct->marks & TRANSPORT_ACK) &&
	       ct->acknowledged - opener->sequence - 1 < CONNTRACK_SEQUENCE_AHEAD;
}

/* Between what the other end has acknowledged and what this one may have sent. A RST must not be
 * older, anything else may be sent again. */
static __always_inline bool conntrack_tcp_in_window(const struct tracked *ct,
						    const struct conntrack_end *sender,
						    const struct conntrack_end *receiver)
{
	__u32 oldest = receiver->acknowledged ?: sender->sequence;
	__u32 newest = sender->sequence ?: receiver->acknowledged;
	__u32 slack = ct->marks & TRANSPORT_RESETS ? 0 : CONNTRACK_SEQUENCE_AHEAD;
	__s32 flight = newest - oldest;

	if (!newest)
		return !(ct->marks & TRANSPORT_RESETS) || conntrack_refuses_syn(ct, receiver);
	if (flight < 0)
		flight = 0;
	return ct->sequence - oldest + slack <= flight + CONNTRACK_SEQUENCE_AHEAD + slack;
}

/* All packets of an end carry the tag that the other one has chosen, its INIT none yet. */
static __always_inline bool conntrack_sctp_in_window(const struct tracked *ct,
						     const struct conntrack_end *sender,
						     const struct conntrack_end *receiver)
{
	if (ct->marks & TRANSPORT_REFLECTS)
		return !receiver->sequence || ct->sequence == receiver->sequence;
	return !sender->sequence || ct->sequence == sender->sequence;
}

/* The tag that the sender of an INIT chooses; the packet's own is 0. */
static __always_inline void conntrack_load_tag(ctx_t *ctx, struct packet *pkt)
{
	__be32 tag = 0;

	if (pkt->protocol != IPPROTO_SCTP || !(pkt->ct.marks & TRANSPORT_OPENS))
		return;
	ctx_load(ctx, pkt->l4_offset + SCTP_INITIATE_TAG_AT, &tag, sizeof(tag));
	pkt->ct.acknowledged = bpf_ntohl(tag);
}

/* What the packet's numbers say about the flow, and whether they are to be noted. */
static __always_inline void conntrack_take_end(struct tracked *ct, const struct conntrack *entry)
{
	const struct conntrack_end *sender = conntrack_sender(ct, entry);
	const struct conntrack_end *receiver = conntrack_receiver(ct, entry);

	ct->in_window = true;
	if (ct->is_error || parse_is_icmp(ct->key.protocol))
		return;
	if (!(entry->flags & CONNTRACK_ASSURED) &&
	    (ct->swapped ? entry->destination_packets : entry->source_packets) <
		    CONNTRACK_ASSURED_PACKETS)
		ct->changed |= CHANGED_COUNT;
	if (ct->key.protocol == IPPROTO_SCTP) {
		ct->in_window = conntrack_sctp_in_window(ct, sender, receiver);
		if (!sender->sequence && ct->sequence)
			ct->changed |= CHANGED_NUMBERS;
	}
	if (ct->key.protocol != IPPROTO_TCP)
		return;
	ct->in_window = conntrack_tcp_in_window(ct, sender, receiver);
	if (!(ct->marks & TRANSPORT_RESETS) &&
	    (conntrack_has_moved(sender->sequence, ct->sequence) ||
	     ((ct->marks & TRANSPORT_ACK) &&
	      conntrack_has_moved(sender->acknowledged, ct->acknowledged))))
		ct->changed |= CHANGED_NUMBERS;
}
