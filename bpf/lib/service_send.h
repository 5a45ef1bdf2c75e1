// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A client's packet to a Service: translated before all else is decided, so that policy, routes and
 * counters know the backend. */
#pragma once

#include "lib/ct_update.h"
#include "lib/fragment.h"
#include "lib/service_choose.h"
#include "lib/service_flows.h"
#include "lib/service_reject.h"
#include "lib/service_restore.h"

/* The draft of a packet to a Service. */
static __always_inline void service_begin(struct service_draft *draft, const struct ct_state *ct)
{
	const struct flow *key = &ct->key;

	draft->asked = *key;
	draft->frontend.vni = draft->client.vni = key->vni;
	draft->frontend.protocol = key->protocol;
	draft->frontend.addr = ct->key_reversed ? key->source : key->destination;
	draft->frontend.port = ct->key_reversed ? key->source_port : key->destination_port;
	draft->client.addr = ct->key_reversed ? key->destination : key->source;
	draft->client_port = ct->key_reversed ? key->destination_port : key->source_port;
}

/* Connections that were answered keep a backend that takes no new ones, also one that is gone:
 * whoever has its address then ends them. Datagrams and unanswered connections go elsewhere. */
static __always_inline bool service_keeps(struct service_draft *draft, const struct ct_entry *entry,
					  const struct service *service)
{
	const struct backend_info *state;

	draft->backend.service_id = entry->service_id;
	draft->backend.addr = entry->backend;
	draft->backend.port = entry->backend_port;
	if (ct_is_connection(draft->frontend.protocol) && (entry->flags & CT_SEEN_REPLY))
		return true;
	if (!service || service->id != entry->service_id)
		return false;
	state = bpf_map_lookup_elem(&hd_backend_info, &draft->backend);
	return state && (state->condition == BACKEND_READY || !service->count);
}

/* Where the packet goes; VERDICT_NEXT: the draft has its flow to the backend. */
static __always_inline enum verdict service_find_flow(struct service_draft *draft,
						      const struct ct_state *ct)
{
	const struct service *service = bpf_map_lookup_elem(&hd_service, &draft->frontend);
	const struct ct_entry *entry = NULL;

	if (ct->state == FLOW_FOUND && (ct->flags & CT_SERVICE))
		entry = ct_entry_of(&draft->asked);
	if (entry && service_keeps(draft, entry, service)) {
		draft->translated_port = entry->translated_port;
		draft->affinity_s = 0;
		service_set_flow(draft);
		return VERDICT_NEXT;
	}
	return service_choose(draft, service);
}

static __always_inline void service_write(ctx_t *ctx, struct service_draft *draft)
{
	service_replace(ctx, draft, false, &draft->frontend.addr, draft->frontend.port,
			&draft->backend.addr, draft->backend.port);
	service_replace(ctx, draft, true, &draft->client.addr, draft->client_port, &draft->source,
			draft->translated_port);
}

/* What the packet is from here on. */
static __always_inline void service_set_ends(ctx_t *ctx, struct packet_ends *ends,
					     const struct service_draft *draft, __u32 l3_offset)
{
	ends->source = draft->source;
	ends->destination = draft->backend.addr;
	ends->source_port = draft->translated_port;
	ends->destination_port = draft->backend.port;
	if (addr_is_ipv4(&draft->backend.addr))
		ctx_load(ctx, l3_offset + offsetof(struct iphdr, check), &ends->ipv4_check,
			 sizeof(ends->ipv4_check));
}

/* In the packet's direction, as ct_find() takes it. */
static __always_inline void service_set_tuple(struct flow *key, const struct service_draft *draft)
{
	key->source = draft->source;
	key->source_port = draft->translated_port;
	key->destination = draft->backend.addr;
	key->destination_port = draft->backend.port;
}

/* The packet, whose flow is `ct`, goes to a backend from here on, and `ct` is the flow to that.
 * `l4_offset`: 0 for a later fragment. Verified once. */
__noinline int service_translate(struct __sk_buff *ctx, struct ct_state *ct,
				 struct packet_ends *ends, __u32 l3_offset, __u32 l4_offset)
{
	struct service_draft *draft = service_draft();
	enum verdict v;

	if (!ct || !ends || !draft || ct->is_error || !parse_has_ports(ct->key.protocol))
		return DROP_SERVICE;
	if (ct->frag_no_ports)
		return DROP_FRAGMENT;
	service_begin(draft, ct);
	service_set_place(draft, l3_offset, l4_offset);
	v = service_find_flow(draft, ct);
	if (service_is_rejected(v))
		return service_reject(ctx, draft, l4_offset) ? v : DROP_SERVICE;
	if (v != VERDICT_NEXT)
		return v;
	service_write(ctx, draft);
	service_set_ends(ctx, ends, draft, l3_offset);
	ct_reset(ct);
	ct->translated = true;
	service_set_tuple(&ct->key, draft);
	ct_find(ct);
	return VERDICT_NEXT;
}

/* The client's flow names its backend from now on. Replaces any entry of it, as ct_create() does.
 */
static __always_inline void service_enter(struct ct_aging *aging, struct service_draft *draft)
{
	struct ct_entry *asked;
	__u64 now = ctx_now();

	bpf_map_delete_elem(&hd_ct, &draft->asked);
	if (bpf_map_update_elem(&hd_ct_unassured, &draft->asked, &aging->blank, BPF_ANY))
		return;
	asked = bpf_map_lookup_elem(&hd_ct_unassured, &draft->asked);
	if (!asked)
		return;
	asked->backend = draft->backend.addr;
	asked->backend_port = draft->backend.port;
	asked->translated_port = draft->translated_port;
	asked->service_id = draft->backend.service_id;
	asked->flags = CT_SERVICE;
	if (!addr_equal(&draft->asked.source, &draft->client.addr))
		asked->flags |= CT_ORIG_IS_KEY_DST;
	asked->created_ns = now;
	barrier();
	asked->seen_ns = now;
	ct_enqueue(aging, &draft->asked);
	service_note_affinity(draft);
}

static __always_inline bool service_is_entered(const struct service_draft *draft)
{
	const struct ct_entry *asked = ct_entry_of(&draft->asked);

	return asked && (asked->flags & CT_SERVICE) && asked->backend_port == draft->backend.port &&
	       asked->translated_port == draft->translated_port &&
	       addr_equal(&asked->backend, &draft->backend.addr);
}

/* Moves the client's flow to hd_ct, where that to the backend is. */
static __always_inline void service_confirm(struct ct_state *ct, const struct service_draft *draft)
{
	ct->key = draft->asked;
	ct_confirm(ct);
	ct->key = draft->flow;
}

/* Once a translated packet is admitted: each of its two flows names the other one. Verified once.
 */
__noinline int service_commit(struct ct_state *ct)
{
	struct service_draft *draft = service_draft();
	struct ct_aging *aging = ct_aging();
	struct ct_entry *entry;

	if (!ct || !draft || !aging || ct->traced)
		return 0;
	entry = ct_entry_of(&draft->flow);
	if (!entry)
		return 0;
	if (!service_is_own(draft, entry)) {
		entry->frontend = draft->frontend.addr;
		entry->frontend_port = draft->frontend.port;
		entry->translated_port = draft->client_port;
		entry->service_id = draft->backend.service_id;
		__sync_fetch_and_or(&entry->flags, CT_TRANSLATED);
		flow_epoch_raise(&draft->flow);
	}
	if (ct->state == FLOW_NEW || !service_is_entered(draft))
		service_enter(aging, draft);
	if (service_carry_over(draft, entry->flags))
		service_confirm(ct, draft);
	return 0;
}

/* A Service's address, or a flow that was to one. */
static __always_inline bool service_is_asked(const struct packet *pkt,
					     const struct endpoint *destination)
{
	return endpoint_is(destination, ENDPOINT_SERVICE) || (pkt->ct.flags & CT_SERVICE);
}

/* To a backend; or, of a client that is its own backend, back to the client. */
static __always_inline enum verdict service_send(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v;

	if (service_is_answer(pkt)) {
		service_restore_packet(ctx, pkt);
		pkt->ct.restored = true;
		return VERDICT_NEXT;
	}
	v = service_translate(ctx, &pkt->ct, (struct packet_ends *)pkt, pkt->l3_offset,
			      pkt->fragment == FRAGMENT_LATER ? 0 : pkt->l4_offset);
	if (service_is_rejected(v))
		pkt->redirected = true;
	return v;
}
