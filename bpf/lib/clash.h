// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Tuple clashes. A pod has a redirected flow to a backend, and opens one from the same port to a
 * Service whose DNAT leads to that backend. Netfilter gives the second flow another source port if
 * it has an entry of the first: clash_insert.h inserts one. Here: detection, in netfilter's
 * FORWARD, where both flows have the same tuple. */
#pragma once

#include "lib/ct_update.h"
#include "lib/netfilter_conn.h"

/* The first packet of a connection that DNAT led to the tuple of one past netfilter. Of datagrams,
 * which are not sent again, both flows stay one: their answers come from the Service. */
static __always_inline bool clash_begins(ctx_t *ctx, const struct packet *pkt)
{
	const struct ct_state *ct = &pkt->ct;

	if (ct->state != FLOW_FOUND || ct->is_error || !ct_is_originator(ct) ||
	    ct_is_via_stack(ct) || pkt->protocol != IPPROTO_TCP ||
	    !(ct->tcp_events & TRANSPORT_OPENS))
		return false;
	return netfilter_is_new(ctx) && netfilter_has_dnat(ctx, pkt);
}

/* Any packet of such a connection, in either direction. */
static __always_inline bool clash_goes_on(ctx_t *ctx, const struct packet *pkt)
{
	return pkt->ct.state == FLOW_FOUND && (pkt->ct.flags & CT_CLASHES) &&
	       netfilter_has_dnat(ctx, pkt);
}

enum clash {
	CLASH_NONE,	/* no clash, or the originator is not a pod of this node */
	CLASH_NOTED,	/* pod_tx inserts the first flow when the packet is retransmitted */
	CLASH_INSERTED, /* netfilter chooses another source port */
};

/* enum clash. Records it in the entries of both flows. Verified once. */
__noinline int clash_note(struct ct_state *ct, struct flow *asked)
{
	struct ct_entry *first, *second;
	struct addr backend;
	__be16 port;

	if (!ct || !asked)
		return CLASH_NONE;
	backend = ct->key_reversed ? ct->key.source : ct->key.destination;
	port = ct->key_reversed ? ct->key.source_port : ct->key.destination_port;
	first = ct_entry_of(&ct->key);
	if (!flow_order(asked))
		flow_reverse(asked);
	second = ct_entry_of(asked);
	if (!first || !second)
		return CLASH_NONE;
	if (second->flags & CT_CLASH_INSERTED)
		return CLASH_INSERTED;
	second->backend = backend;
	second->backend_port = port;
	__sync_fetch_and_or(&first->flags, CT_CLASHES);
	__sync_fetch_and_or(&second->flags, CT_CLASH);
	return CLASH_NOTED;
}

static __always_inline enum clash clash_find(ctx_t *ctx, struct packet *pkt)
{
	struct flow asked = {};

	if (!clash_begins(ctx, pkt) || !netfilter_original_tuple(ctx, pkt, &asked))
		return clash_goes_on(ctx, pkt) ? CLASH_INSERTED : CLASH_NONE;
	return clash_note(&pkt->ct, &asked);
}
