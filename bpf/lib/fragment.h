// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_frag: gives later fragments the ports of their first one, and its way. */
#pragma once

#include "abi/fragment.h"
#include "lib/flow.h"

/* As long as the kernel waits for the rest of a datagram (ip_frag_time). */
#define FRAGMENT_TIMEOUT_NS (30 * 1000000000LL)

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct fragment_key);
	__type(value, struct fragment_ports);
} hd_frag SEC(".maps");

static __always_inline struct fragment_key fragment_key_of(const struct tracked *ct, __be32 id)
{
	struct fragment_key key = {
		.segment = ct->key.segment,
		.id = id,
		.source = ct->key.source,
		.destination = ct->key.destination,
		.protocol = ct->key.protocol,
	};

	return key;
}

/* From the tuple of a first fragment. */
__noinline int fragment_remember(struct tracked *ct, __be32 id, bool too_big)
{
	struct fragment_ports ports = {
		.seen_ns = ctx_now(),
		.too_big = too_big,
	};
	struct fragment_key key;

	if (!ct || ct->traced)
		return 0;
	ports.source_port = ct->key.source_port;
	ports.destination_port = ct->key.destination_port;
	key = fragment_key_of(ct, id);
	bpf_map_update_elem(&hd_frag, &key, &ports, BPF_ANY);
	return 0;
}

/* Completes the tuple of a later fragment; whether its first one did not fit its path. */
__noinline int fragment_recall(struct tracked *ct, __be32 id)
{
	const struct fragment_ports *ports;
	struct fragment_key key;

	if (!ct)
		return false;
	key = fragment_key_of(ct, id);
	ports = bpf_map_lookup_elem(&hd_frag, &key);
	ct->ports_unknown = !ports || (__s64)(ctx_now() - ports->seen_ns) >= FRAGMENT_TIMEOUT_NS;
	if (!ports || ct->ports_unknown)
		return false;
	ct->key.source_port = ports->source_port;
	ct->key.destination_port = ports->destination_port;
	return ports->too_big;
}

/* Completes the ports. A fragment that overtook its first one has none, and policy will mind. */
static __always_inline enum verdict fragment_find_ports(struct packet *pkt)
{
	if (pkt->fragment == FRAGMENT_WHOLE)
		return VERDICT_NEXT;
	flow_of_packet(pkt, &pkt->ct.key);
	if (pkt->fragment == FRAGMENT_FIRST) {
		fragment_remember(&pkt->ct, pkt->fragment_id, false);
		return VERDICT_NEXT;
	}
	pkt->ct.first_too_big = fragment_recall(&pkt->ct, pkt->fragment_id);
	pkt->source_port = pkt->ct.key.source_port;
	pkt->destination_port = pkt->ct.key.destination_port;
	return VERDICT_NEXT;
}

/* The host's stack gathers a datagram's fragments before it forwards them: it needs them all. */
static __always_inline void fragment_mark_too_big(struct packet *pkt)
{
	if (pkt->fragment != FRAGMENT_FIRST)
		return;
	flow_of_packet(pkt, &pkt->ct.key);
	fragment_remember(&pkt->ct, pkt->fragment_id, true);
}
