// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A backend's answer on its way to the client: it comes from the frontend that the client asked. */
#pragma once

#include "lib/service_flows.h"

/* Who takes part. A client that is its own backend was asked by the Service, and answers that. */
static __always_inline void service_set_parts(struct service_draft *draft,
					      const struct ct_state *ct,
					      const struct ct_entry *entry)
{
	const struct flow *key = &ct->key;

	draft->frontend.vni = key->vni;
	draft->frontend.protocol = key->protocol;
	draft->frontend.addr = entry->frontend;
	draft->frontend.port = entry->frontend_port;
	draft->backend.addr = ct->key_reversed ? key->destination : key->source;
	draft->backend.port = ct->key_reversed ? key->destination_port : key->source_port;
	draft->source = ct->key_reversed ? key->source : key->destination;
	draft->translated_port = ct->key_reversed ? key->source_port : key->destination_port;
	draft->client.addr =
		addr_equal(&draft->source, &entry->frontend) ? draft->backend.addr : draft->source;
	draft->client_port = entry->translated_port;
}

static __always_inline void service_write_answer(ctx_t *ctx, struct service_draft *draft)
{
	service_replace(ctx, draft, true, &draft->backend.addr, draft->backend.port,
			&draft->frontend.addr, draft->frontend.port);
	service_replace(ctx, draft, false, &draft->source, draft->translated_port,
			&draft->client.addr, draft->client_port);
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
	entry = ct_entry_of(&draft->flow);
	if (!entry || !(entry->flags & CT_TRANSLATED))
		return 0;
	service_set_parts(draft, ct, entry);
	service_set_key(&draft->asked, draft, &draft->client.addr, draft->client_port,
			&draft->frontend.addr, draft->frontend.port);
	service_set_place(draft, l3_offset, l4_offset);
	service_write_answer(ctx, draft);
	ends->destination = draft->client.addr;
	if (addr_is_ipv4(&draft->client.addr))
		ctx_load(ctx, l3_offset + offsetof(struct iphdr, check), &ends->ipv4_check,
			 sizeof(ends->ipv4_check));
	if (!ct->traced)
		service_carry_over(draft, entry->flags);
	return 0;
}

static __always_inline bool service_is_answer(const struct packet *pkt)
{
	return (pkt->ct.flags & CT_TRANSLATED) && !pkt->ct.is_error && !ct_is_originator(&pkt->ct);
}

static __always_inline void service_restore_packet(ctx_t *ctx, struct packet *pkt)
{
	service_restore_answer(ctx, &pkt->ct, (struct packet_ends *)pkt, pkt->l3_offset,
			       pkt->fragment == FRAGMENT_LATER ? 0 : pkt->l4_offset);
}

/* Of a flow that is to no Service: nothing. */
static __always_inline void service_restore(ctx_t *ctx, struct packet *pkt)
{
	if (service_is_answer(pkt) && !pkt->ct.restored)
		service_restore_packet(ctx, pkt);
}
