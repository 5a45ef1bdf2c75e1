// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What makes a flow assured, and the numbers of its ends: handshakes, and packets that only an end
 * of a living flow sends. */
#pragma once

#include "lib/conntrack.h"

static __always_inline void conntrack_write_end(struct conntrack *entry, const struct tracked *ct)
{
	struct conntrack_end *end = (struct conntrack_end *)conntrack_sender(ct, entry);

	if (ct->is_error || (ct->marks & TRANSPORT_RESETS))
		return;
	end->sequence = ct->sequence;
	if (ct->marks & TRANSPORT_ACK)
		end->acknowledged = ct->acknowledged;
}

/* Counted are packets that only an end of a living flow sends. */
static __always_inline void conntrack_count(struct conntrack *entry, const struct tracked *ct)
{
	__u8 *count = ct->swapped ? &entry->destination_packets : &entry->source_packets;

	if (ct->is_error || (ct->marks & (TRANSPORT_RESETS | TRANSPORT_SYN)))
		return;
	if (*count < CONNTRACK_ASSURED_PACKETS)
		(*count)++;
}

/* Whether both ends have proved that they take part. */
static __always_inline bool conntrack_is_assured(const struct conntrack *entry,
						 const struct tracked *ct)
{
	bool opener = conntrack_is_opener(ct);

	if (ct->is_error || !(entry->flags & CONNTRACK_SEEN_REPLY))
		return false;
	if (opener && ct->key.protocol == IPPROTO_TCP && entry->handshake_ack &&
	    (ct->marks & (TRANSPORT_ACK | TRANSPORT_SYN | TRANSPORT_RESETS)) == TRANSPORT_ACK &&
	    ct->acknowledged == entry->handshake_ack)
		return true;
	if (!opener && ct->key.protocol == IPPROTO_SCTP && (ct->marks & TRANSPORT_ACK))
		return true;
	return entry->source_packets >= CONNTRACK_ASSURED_PACKETS &&
	       entry->destination_packets >= CONNTRACK_ASSURED_PACKETS;
}

static __always_inline bool conntrack_is_syn_ack(const struct tracked *ct)
{
	return ct->key.protocol == IPPROTO_TCP &&
	       (ct->marks & (TRANSPORT_SYN | TRANSPORT_ACK | TRANSPORT_RESETS)) ==
		       (TRANSPORT_SYN | TRANSPORT_ACK);
}

/* SYN or SYN-ACK, INIT or COOKIE ACK: of a connection that begins. */
static __always_inline bool conntrack_is_handshake(const struct tracked *ct)
{
	if (ct->key.protocol == IPPROTO_SCTP)
		return !ct->is_error && (ct->marks & (TRANSPORT_OPENS | TRANSPORT_ACK));
	return ct->key.protocol == IPPROTO_TCP && !ct->is_error &&
	       (ct->marks & (TRANSPORT_SYN | TRANSPORT_RESETS)) == TRANSPORT_SYN;
}

/* What the packet that opens a connection wants its answer to carry: of a SYN the next number, of
 * an INIT the tag that it has chosen. */
static __always_inline __u32 conntrack_wanted(const struct tracked *ct)
{
	return ct->key.protocol == IPPROTO_TCP ? ct->sequence + 1 : ct->acknowledged;
}

/* Both ends of a connection have forgotten it, and open another one on its tuple: the SYN-ACK that
 * acknowledges the opener's SYN brings the numbers of both. An end that remembers answers a SYN by
 * a mere acknowledgement (RFC 5961 section 4). The COOKIE ACK with the tag of the opener's INIT
 * does as much; the responder's tag is what the opener sends next. */
static __always_inline void conntrack_take_handshake(struct conntrack *entry,
						     const struct tracked *ct)
{
	struct conntrack_end *responder = (struct conntrack_end *)conntrack_sender(ct, entry);
	struct conntrack_end *opener = (struct conntrack_end *)conntrack_receiver(ct, entry);
	bool tcp = ct->key.protocol == IPPROTO_TCP;

	if (ct->marks & TRANSPORT_OPENS) {
		entry->reopening_ack = conntrack_wanted(ct);
		return;
	}
	if (conntrack_is_opener(ct) || !entry->reopening_ack ||
	    entry->reopening_ack != (tcp ? ct->acknowledged : ct->sequence))
		return;
	entry->reopening_ack = 0;
	responder->sequence = ct->sequence;
	responder->acknowledged = tcp ? ct->acknowledged : 0;
	opener->sequence = tcp ? ct->acknowledged : 0;
	opener->acknowledged = 0;
	__sync_fetch_and_and(&entry->flags, ~(CONNTRACK_FIN_BOTH | CONNTRACK_RESET_ANY));
}

/* The part of an update that only a flow needs which is not assured yet. */
static __always_inline void conntrack_assure(struct conntrack *entry, const struct tracked *ct)
{
	if (!conntrack_is_opener(ct) && conntrack_is_syn_ack(ct))
		entry->handshake_ack = ct->sequence + 1;
	conntrack_count(entry, ct);
	if (conntrack_is_assured(entry, ct))
		__sync_fetch_and_or(&entry->flags, CONNTRACK_ASSURED);
}
