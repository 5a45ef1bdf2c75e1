// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* When a flow becomes assured: by its handshake, or by several packets each way. Records the
 * sequence numbers of its ends. */
#pragma once

#include "lib/conntrack.h"
#include "lib/flow_epoch.h"

static __always_inline void ct_write_end(struct ct_entry *entry, const struct ct_state *ct)
{
	struct ct_end *end = (struct ct_end *)ct_sender(ct, entry);

	if (ct->is_error || (ct->tcp_events & TRANSPORT_RESETS))
		return;
	end->sequence = ct->sequence;
	if (ct->tcp_events & TRANSPORT_ACK)
		end->acknowledged = ct->acknowledged;
}

/* Counts packets that only an end of an established flow sends: no SYN, no RST. */
static __always_inline void ct_count(struct ct_entry *entry, const struct ct_state *ct)
{
	__u8 *count = ct->key_reversed ? &entry->destination_packets : &entry->source_packets;

	if (ct->is_error || (ct->tcp_events & (TRANSPORT_RESETS | TRANSPORT_SYN)))
		return;
	if (*count < CT_ASSURED_PACKETS)
		(*count)++;
}

/* Whether both ends have proved that they take part. */
static __always_inline bool ct_is_assured(const struct ct_entry *entry, const struct ct_state *ct)
{
	bool originator = ct_is_originator(ct);

	if (ct->is_error || !(entry->flags & CT_SEEN_REPLY))
		return false;
	if (originator && ct->key.protocol == IPPROTO_TCP && entry->handshake_ack &&
	    (ct->tcp_events & (TRANSPORT_ACK | TRANSPORT_SYN | TRANSPORT_RESETS)) ==
		    TRANSPORT_ACK &&
	    ct->acknowledged == entry->handshake_ack)
		return true;
	if (!originator && ct->key.protocol == IPPROTO_SCTP && (ct->tcp_events & TRANSPORT_ACK))
		return true;
	return entry->source_packets >= CT_ASSURED_PACKETS &&
	       entry->destination_packets >= CT_ASSURED_PACKETS;
}

static __always_inline bool ct_is_syn_ack(const struct ct_state *ct)
{
	return ct->key.protocol == IPPROTO_TCP &&
	       (ct->tcp_events & (TRANSPORT_SYN | TRANSPORT_ACK | TRANSPORT_RESETS)) ==
		       (TRANSPORT_SYN | TRANSPORT_ACK);
}

/* SYN or SYN-ACK, INIT or COOKIE ACK: of a connection that begins. */
static __always_inline bool ct_is_handshake(const struct ct_state *ct)
{
	if (ct->key.protocol == IPPROTO_SCTP)
		return !ct->is_error && (ct->tcp_events & (TRANSPORT_OPENS | TRANSPORT_ACK));
	return ct->key.protocol == IPPROTO_TCP && !ct->is_error &&
	       (ct->tcp_events & (TRANSPORT_SYN | TRANSPORT_RESETS)) == TRANSPORT_SYN;
}

/* What the reply to a SYN or INIT acknowledges: the next sequence number, or the tag that the INIT
 * has chosen. */
static __always_inline __u32 ct_expected_ack(const struct ct_state *ct)
{
	return ct->key.protocol == IPPROTO_TCP ? ct->sequence + 1 : ct->acknowledged;
}

/* Both ends of a connection have closed it and open another one on the same tuple: the SYN-ACK that
 * acknowledges the originator's SYN has the sequence numbers of both. An end whose connection is
 * still open answers a SYN with an ACK alone (RFC 5961 section 4). In SCTP it is the COOKIE ACK
 * with the tag of the originator's INIT; the responder's tag is what the originator sends next. */
static __always_inline void ct_update_handshake(struct ct_entry *entry, const struct ct_state *ct)
{
	struct ct_end *responder = (struct ct_end *)ct_sender(ct, entry);
	struct ct_end *originator = (struct ct_end *)ct_receiver(ct, entry);
	bool tcp = ct->key.protocol == IPPROTO_TCP;

	if (ct->tcp_events & TRANSPORT_OPENS) {
		entry->reopening_ack = ct_expected_ack(ct);
		return;
	}
	if (ct_is_originator(ct) || !entry->reopening_ack ||
	    entry->reopening_ack != (tcp ? ct->acknowledged : ct->sequence))
		return;
	entry->reopening_ack = 0;
	responder->sequence = ct->sequence;
	responder->acknowledged = tcp ? ct->acknowledged : 0;
	originator->sequence = tcp ? ct->acknowledged : 0;
	originator->acknowledged = 0;
	__sync_fetch_and_and(&entry->flags, ~(CT_FIN_BOTH | CT_RESET_ANY));
	flow_epoch_raise(&ct->key);
}

/* The part of an update for flows that are not assured yet. */
static __always_inline void ct_assure(struct ct_entry *entry, const struct ct_state *ct)
{
	if (!ct_is_originator(ct) && ct_is_syn_ack(ct))
		entry->handshake_ack = ct->sequence + 1;
	ct_count(entry, ct);
	if (ct_is_assured(entry, ct))
		__sync_fetch_and_or(&entry->flags, CT_ASSURED);
}
