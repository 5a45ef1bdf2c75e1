// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_frag: gives later fragments the ports of their first one, and its way. */
#pragma once

#include "abi/fragment.h"
#include "lib/packet.h"

/* As long as the kernel waits for the rest of a datagram (ip_frag_time). */
#define FRAGMENT_TIMEOUT_NS (30 * 1000000000LL)

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct fragment_key);
	__type(value, struct fragment_ports);
} hd_frag SEC(".maps");

static __always_inline void fragment_remember(const struct packet *pkt,
					      const struct fragment_key *key)
{
	struct fragment_ports ports = {
		.seen_ns = bpf_ktime_get_ns(),
		.source_port = pkt->source_port,
		.destination_port = pkt->destination_port,
	};

	bpf_map_update_elem(&hd_frag, key, &ports, BPF_ANY);
}

static __always_inline struct fragment_key fragment_key_of(const struct packet *pkt)
{
	struct fragment_key key = {
		.segment = pkt->segment,
		.id = pkt->fragment_id,
		.source = pkt->source,
		.destination = pkt->destination,
		.protocol = pkt->protocol,
	};

	return key;
}

/* Completes the ports. A fragment that overtook its first one has none, and policy will mind. */
static __always_inline enum verdict fragment_find_ports(struct packet *pkt)
{
	struct fragment_key key = fragment_key_of(pkt);
	const struct fragment_ports *ports;

	if (pkt->fragment == FRAGMENT_WHOLE)
		return VERDICT_NEXT;
	if (pkt->fragment == FRAGMENT_FIRST) {
		if (!pkt->traced)
			fragment_remember(pkt, &key);
		return VERDICT_NEXT;
	}
	ports = bpf_map_lookup_elem(&hd_frag, &key);
	if (ports && (__s64)(bpf_ktime_get_ns() - ports->seen_ns) < FRAGMENT_TIMEOUT_NS) {
		pkt->source_port = ports->source_port;
		pkt->destination_port = ports->destination_port;
		pkt->first_too_big = ports->too_big;
		return VERDICT_NEXT;
	}
	pkt->ports_unknown = true;
	return VERDICT_NEXT;
}

/* The host's stack gathers a datagram's fragments before it forwards them: it needs them all. */
static __always_inline void fragment_mark_too_big(const struct packet *pkt)
{
	struct fragment_key key = fragment_key_of(pkt);
	struct fragment_ports *ports;

	if (pkt->fragment != FRAGMENT_FIRST)
		return;
	ports = bpf_map_lookup_elem(&hd_frag, &key);
	if (ports)
		ports->too_big = 1;
}
