// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sequence numbers of TCP and verification tags of SCTP: whether the ends of a flow accept a
 * segment that would end it (RFC 9293 section 3.10.7.4, RFC 5961, RFC 9260 section 8.5). */
#pragma once

#include "abi/conntrack.h"
#include "lib/parse_ipv6.h"

enum {
	/* Of each end, for a flow without a handshake that could be checked: a question sent twice
	 * (A and AAAA from one socket) and its answers are fewer. */
	CT_ASSURED_PACKETS = 3,
	/* How far an end's numbers may move before they are noted: a store per packet would bounce
	 * the cache line between CPUs. */
	CT_SEQUENCE_LAG = 1 << 17,
	/* What one packet may carry beyond that. */
	CT_SEQUENCE_AHEAD = CT_SEQUENCE_LAG + (1 << 16),
	/* Numbers that move further at once belong to another connection. */
	CT_SEQUENCE_JUMP = 1 << 23,
};

static __always_inline const struct ct_end *ct_sender(const struct ct_state *ct,
						      const struct ct_entry *entry)
{
	return ct->key_reversed ? &entry->destination_end : &entry->source_end;
}

static __always_inline const struct ct_end *ct_receiver(const struct ct_state *ct,
							const struct ct_entry *entry)
{
	return ct->key_reversed ? &entry->source_end : &entry->destination_end;
}

static __always_inline bool ct_has_moved(__u32 noted, __u32 now)
{
	__u32 distance = now - noted;

	return !noted || (distance > CT_SEQUENCE_LAG && distance < CT_SEQUENCE_JUMP);
}

/* A refusal of the SYN itself acknowledges it and says nothing else. */
static __always_inline bool ct_refuses_syn(const struct ct_state *ct,
					   const struct ct_end *originator)
{
	return (ct->tcp_events & TRANSPORT_ACK) &&
	       ct->acknowledged - originator->sequence - 1 < CT_SEQUENCE_AHEAD;
}

/* Between what the other end has acknowledged and what this one may have sent. A RST must not be
 * older, anything else may be sent again. */
static __always_inline bool ct_tcp_in_window(const struct ct_state *ct, const struct ct_end *sender,
					     const struct ct_end *receiver)
{
	__u32 oldest = receiver->acknowledged ?: sender->sequence;
	__u32 newest = sender->sequence ?: receiver->acknowledged;
	__u32 slack = ct->tcp_events & TRANSPORT_RESETS ? 0 : CT_SEQUENCE_AHEAD;
	__s32 flight = newest - oldest;

	if (!newest)
		return !(ct->tcp_events & TRANSPORT_RESETS) || ct_refuses_syn(ct, receiver);
	if (flight < 0)
		flight = 0;
	return ct->sequence - oldest + slack <= flight + CT_SEQUENCE_AHEAD + slack;
}

/* All packets of an end carry the tag that the other one has chosen, its INIT none yet. */
static __always_inline bool ct_sctp_in_window(const struct ct_state *ct,
					      const struct ct_end *sender,
					      const struct ct_end *receiver)
{
	if (ct->tcp_events & TRANSPORT_REFLECTS)
		return !receiver->sequence || ct->sequence == receiver->sequence;
	return !sender->sequence || ct->sequence == sender->sequence;
}

/* The tag that the sender of an INIT chooses; the packet's own is 0. */
static __always_inline void ct_load_tag(ctx_t *ctx, struct packet *pkt)
{
	__be32 tag = 0;

	if (pkt->protocol != IPPROTO_SCTP || !(pkt->ct.tcp_events & TRANSPORT_OPENS))
		return;
	ctx_load(ctx, pkt->l4_offset + SCTP_INITIATE_TAG_AT, &tag, sizeof(tag));
	pkt->ct.acknowledged = bpf_ntohl(tag);
}

/* What the packet's numbers say about the flow, and whether they are to be noted. */
static __always_inline void ct_read_numbers(struct ct_state *ct, const struct ct_entry *entry)
{
	const struct ct_end *sender = ct_sender(ct, entry);
	const struct ct_end *receiver = ct_receiver(ct, entry);

	ct->in_window = true;
	if (ct->is_error || parse_is_icmp(ct->key.protocol))
		return;
	if (!(entry->flags & CT_ASSURED) &&
	    (ct->key_reversed ? entry->destination_packets : entry->source_packets) <
		    CT_ASSURED_PACKETS)
		ct->changed |= CHANGED_COUNT;
	if (ct->key.protocol == IPPROTO_SCTP) {
		ct->in_window = ct_sctp_in_window(ct, sender, receiver);
		if (!sender->sequence && ct->sequence)
			ct->changed |= CHANGED_NUMBERS;
	}
	if (ct->key.protocol != IPPROTO_TCP)
		return;
	ct->in_window = ct_tcp_in_window(ct, sender, receiver);
	if (!(ct->tcp_events & TRANSPORT_RESETS) &&
	    (ct_has_moved(sender->sequence, ct->sequence) ||
	     ((ct->tcp_events & TRANSPORT_ACK) &&
	      ct_has_moved(sender->acknowledged, ct->acknowledged))))
		ct->changed |= CHANGED_NUMBERS;
}
