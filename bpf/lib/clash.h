// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A pod speaks to a backend, by our short way, and from the same port to a Service that leads to
 * that backend. Netfilter gives the second flow another source port if it knows the first: it is
 * told, once, when that happens. Here: in netfilter's FORWARD, where both are the same tuple. */
#pragma once

#include "lib/conntrack_commit.h"
#include "lib/netfilter_conn.h"

/* The first packet of a connection that DNAT led to the tuple of one past netfilter. Of datagrams,
 * which are not sent again, both flows stay one: their answers come from the Service. */
static __always_inline bool clash_begins(ctx_t *ctx, const struct packet *pkt)
{
	const struct tracked *ct = &pkt->ct;

	if (ct->state != FLOW_FOUND || ct->is_error || !conntrack_is_opener(ct) ||
	    conntrack_is_host_path(ct) || pkt->protocol != IPPROTO_TCP ||
	    !(ct->marks & TRANSPORT_OPENS))
		return false;
	return netfilter_is_new(ctx) && netfilter_has_dnat(ctx, pkt);
}

/* Any packet of such a connection, in either direction. */
static __always_inline bool clash_goes_on(ctx_t *ctx, const struct packet *pkt)
{
	return pkt->ct.state == FLOW_FOUND && (pkt->ct.flags & CONNTRACK_CLASHES) &&
	       netfilter_has_dnat(ctx, pkt);
}

static __always_inline struct conntrack *clash_entry(const struct flow *key)
{
	struct conntrack *entry = bpf_map_lookup_elem(&hd_ct, key);

	return entry ? entry : bpf_map_lookup_elem(&hd_ct_unassured, key);
}

enum clash {
	CLASH_NONE,  /* who asked is no pod of this node */
	CLASH_NOTED, /* pod_tx tells netfilter when the packet is sent again */
	CLASH_TOLD,  /* netfilter chooses another source port */
};

/* enum clash. Notes it in the entries of both flows. Verified once. */
__noinline int clash_note(struct tracked *ct, struct flow *asked)
{
	struct conntrack *first, *second;
	struct addr backend;
	__be16 port;

	if (!ct || !asked)
		return CLASH_NONE;
	backend = ct->swapped ? ct->key.source : ct->key.destination;
	port = ct->swapped ? ct->key.source_port : ct->key.destination_port;
	first = clash_entry(&ct->key);
	if (!flow_order(asked))
		flow_reverse(asked);
	second = clash_entry(asked);
	if (!first || !second)
		return CLASH_NONE;
	if (second->flags & CONNTRACK_CLASH_TOLD)
		return CLASH_TOLD;
	second->backend = backend;
	second->backend_port = port;
	__sync_fetch_and_or(&first->flags, CONNTRACK_CLASHES);
	__sync_fetch_and_or(&second->flags, CONNTRACK_CLASH);
	return CLASH_NOTED;
}

static __always_inline enum clash clash_find(ctx_t *ctx, struct packet *pkt)
{
	struct flow asked = {};

	if (!clash_begins(ctx, pkt) || !netfilter_asked_flow(ctx, pkt, &asked))
		return clash_goes_on(ctx, pkt) ? CLASH_TOLD : CLASH_NONE;
	return clash_note(&pkt->ct, &asked);
}
