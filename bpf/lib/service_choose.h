// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which backend a client's new flow gets, and from which port the client speaks to it. */
#pragma once

#include "lib/conntrack.h"
#include "lib/service.h"

enum {
	SERVICE_OTHER_BACKENDS = 2, /* attempts with other backends, then with other ports */
	SERVICE_ATTEMPTS = 10,
	/* Ports that a client's own sockets may use, too: a clash is looked for. */
	SERVICE_PORT_MIN = 1024,
	SERVICE_PORTS = 65536 - SERVICE_PORT_MIN,
};

struct service_search {
	struct service_draft *draft;
	__u32 slot;	  /* of the first attempt */
	bool has_backend; /* that the client had before */
	bool found;
};

/* The flow to the backend, as a key. A pod drops what comes from its own address: one that is its
 * own backend is asked by the Service. */
static __always_inline void service_set_flow(struct service_draft *draft)
{
	draft->source = addr_equal(&draft->backend.addr, &draft->client.addr) ? draft->frontend.addr
									      : draft->client.addr;

	service_set_key(&draft->flow, draft, &draft->source, draft->translated_port,
			&draft->backend.addr, draft->backend.port);
}

static __always_inline bool service_is_own(const struct service_draft *draft,
					   const struct ct_entry *entry)
{
	return (entry->flags & CT_TRANSLATED) && entry->translated_port == draft->client_port &&
	       entry->frontend_port == draft->frontend.port &&
	       addr_equal(&entry->frontend, &draft->frontend.addr);
}

/* The client has an open flow to that backend from that port already, directly or through another
 * frontend: answers could not be told apart. */
static __always_inline bool service_clashes(const struct service_draft *draft)
{
	const struct ct_entry *entry = ct_get(&draft->flow, ctx_now());

	return entry && !ct_is_closed(entry->flags) && !service_is_own(draft, entry);
}

static __always_inline bool service_set_backend(struct service_draft *draft, __u32 slot)
{
	const struct backend *backend;

	draft->place.slot = slot;
	backend = bpf_map_lookup_elem(&hd_backend, &draft->place);
	if (!backend)
		return false;
	draft->backend.addr = backend->addr;
	draft->backend.port = backend->port;
	return true;
}

/* bpf_loop(): 1 ends it. The backend that was chosen, another one, then the first one from other
 * ports of the client's; a backend that the client had before stays. */
static int service_attempt(__u32 step, struct service_search *search)
{
	struct service_draft *draft = search->draft;
	bool other_port = step >= (search->has_backend ? 1 : SERVICE_OTHER_BACKENDS);
	__u32 slot = search->slot;

	if (other_port)
		draft->translated_port =
			bpf_htons(SERVICE_PORT_MIN + bpf_get_prandom_u32() % SERVICE_PORTS);
	else
		slot += step;
	if (!search->has_backend && !service_set_backend(draft, slot % draft->count))
		return 0;
	service_set_flow(draft);
	search->found = !service_clashes(draft);
	return search->found;
}

/* The backend that the client had last, if it still takes new flows. */
static __always_inline bool service_find_affine(struct service_draft *draft)
{
	const struct affinity *known;
	const struct backend_info *state;

	if (!draft->affinity_s)
		return false;
	known = bpf_map_lookup_elem(&hd_affinity, &draft->client);
	if (!known || (__s64)(ctx_now() - known->seen_ns) > draft->affinity_s * NSEC_PER_SEC)
		return false;
	draft->backend.addr = known->addr;
	draft->backend.port = known->port;
	state = bpf_map_lookup_elem(&hd_backend_info, &draft->backend);
	return state && state->condition == BACKEND_READY;
}

static __always_inline void service_note_affinity(struct service_draft *draft)
{
	if (!draft->affinity_s)
		return;
	draft->affinity.seen_ns = ctx_now();
	draft->affinity.addr = draft->backend.addr;
	draft->affinity.port = draft->backend.port;
	bpf_map_update_elem(&hd_affinity, &draft->client, &draft->affinity, BPF_ANY);
}

/* Sets the draft's backend, the port that the client speaks to it from, and their flow. */
static __always_inline enum verdict service_choose(struct service_draft *draft,
						   const struct service *service)
{
	struct service_search search = { .draft = draft };

	if (!service)
		return ANSWER_SERVICE_PORT;
	if (!service->count)
		return ANSWER_SERVICE_EMPTY;
	draft->backend.service_id = draft->client.service_id = service->id;
	draft->place.backend_set = service->backend_set;
	draft->count = service->count;
	draft->affinity_s = service->affinity_s;
	draft->translated_port = draft->client_port;
	search.slot = bpf_get_prandom_u32();
	search.has_backend = service_find_affine(draft);
	bpf_loop(SERVICE_ATTEMPTS, service_attempt, &search, 0);
	return search.found ? VERDICT_NEXT : DROP_TUPLE_TAKEN;
}
