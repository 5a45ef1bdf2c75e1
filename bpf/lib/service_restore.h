// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A backend's answer on its way to the client: it comes from the frontend that the client asked. */
#pragma once

#include "lib/nat.h"
#include "lib/service_flows.h"

/* Both keys, from the flow of the client and the backend. */
static __always_inline void service_set_asked(struct service_draft *draft,
					      const struct ct_state *ct,
					      const struct ct_entry *entry)
{
	const struct flow *key = &ct->key;

	draft->flow = *key;
	draft->asked.vni = key->vni;
	draft->asked.protocol = key->protocol;
	draft->asked.source = ct->key_reversed ? key->source : key->destination;
	draft->asked.source_port = entry->translated_port;
	draft->asked.destination = entry->frontend;
	draft->asked.destination_port = entry->frontend_port;
	if (!flow_order(&draft->asked))
		flow_reverse(&draft->asked);
}

/* What the packet has now, and what it gets. */
static __always_inline void service_set_change(struct service_draft *draft, const struct ct_state *ct,
					     const struct ct_entry *entry)
{
	const struct flow *key = &ct->key;

	draft->from = ct->key_reversed ? key->destination : key->source;
	draft->from_port = ct->key_reversed ? key->destination_port : key->source_port;
	draft->to = entry->frontend;
	draft->to_port = entry->frontend_port;
	draft->translated_port = ct->key_reversed ? key->source_port : key->destination_port;
	draft->client_port = entry->translated_port;
}

static __always_inline void service_write_answer(ctx_t *ctx, const struct service_draft *draft,
						 __u32 l3_offset, __u32 l4_offset)
{
	struct nat_at at = {
		.l3_offset = l3_offset,
		.l4_offset = l4_offset,
		.protocol = draft->asked.protocol,
		.is_source = true,
	};
	struct nat_end end = {
		.from = &draft->from,
		.to = &draft->to,
		.from_port = draft->from_port,
		.to_port = draft->to_port,
	};

	nat_write(ctx, &at, &end);
	at.is_source = false;
	end.from_port = draft->translated_port;
	end.to_port = draft->client_port;
	nat_write_port(ctx, &at, &end);
}

/* `l4_offset`: 0 for a later fragment. Verified once. */
__noinline int service_restore_answer(struct __sk_buff *ctx, struct ct_state *ct,
				      struct packet_ends *ends, __u32 l3_offset, __u32 l4_offset)
{
	struct service_draft *draft = service_draft();
	const struct ct_entry *entry;

	if (!ct || !ends || !draft)
		return 0;
	draft->flow = ct->key;
	entry = service_entry(&draft->flow);
	if (!entry || !(entry->flags & CT_TRANSLATED))
		return 0;
	service_set_asked(draft, ct, entry);
	service_set_change(draft, ct, entry);
	service_write_answer(ctx, draft, l3_offset, l4_offset);
	if (addr_is_ipv4(&draft->to))
		ctx_load(ctx, l3_offset + offsetof(struct iphdr, check), &ends->ipv4_check,
			 sizeof(ends->ipv4_check));
	if (!ct->traced)
		service_carry_over(draft, entry->flags);
	return 0;
}

/* Of a flow that is to no Service: nothing. */
static __always_inline void service_restore(ctx_t *ctx, struct packet *pkt)
{
	if (!(pkt->ct.flags & CT_TRANSLATED) || pkt->ct.is_error || ct_is_originator(&pkt->ct))
		return;
	service_restore_answer(ctx, &pkt->ct, (struct packet_ends *)pkt, pkt->l3_offset,
			       pkt->fragment == FRAGMENT_LATER ? 0 : pkt->l4_offset);
}
