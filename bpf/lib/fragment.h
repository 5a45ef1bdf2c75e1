// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_frag: gives later fragments the ports of the first one, and its forwarding decision. */
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

/* RFC 8200, 4.5: fragments of an IPv6 datagram may name different next headers; only the first
 * one's counts, and the transport protocol may stand behind more extension headers. */
static __always_inline struct fragment_key fragment_key_of(const struct ct_state *ct, __be32 id)
{
	struct fragment_key key = {
		.vni = ct->key.vni,
		.id = id,
		.source = ct->key.source,
		.destination = ct->key.destination,
		.protocol = addr_is_ipv4(&ct->key.source) ? ct->key.protocol : 0,
	};

	return key;
}

static __always_inline bool fragment_is_expired(const struct fragment_ports *ports)
{
	return !ports || (__s64)(ctx_now() - ports->seen_ns) >= FRAGMENT_TIMEOUT_NS;
}

/* Whether the host's stack has other fragments of the datagram already. A first one that comes
 * twice goes where it went before. */
static __always_inline bool fragment_was_overtaken(const struct fragment_ports *known,
						   const struct fragment_ports *ports)
{
	if (fragment_is_expired(known) || known->to_stack != FRAGMENT_OVERTAKEN)
		return false;
	return known->no_ports || (known->source_port == ports->source_port &&
				   known->destination_port == ports->destination_port);
}

/* enum fragment_to_stack of the datagram, from the tuple of its first fragment. */
__noinline int fragment_record(struct ct_state *ct, __be32 id, __u8 to_stack)
{
	struct fragment_ports ports = {
		.seen_ns = ctx_now(),
		.to_stack = to_stack,
	};
	struct fragment_key key;

	if (!ct || ct->traced)
		return FRAGMENT_BY_FLOW;
	ports.source_port = ct->key.source_port;
	ports.destination_port = ct->key.destination_port;
	ports.protocol = ct->key.protocol;
	key = fragment_key_of(ct, id);
	/* Of two CPUs, one is first: fragment_record_overtaken() does it alike. */
	if (!bpf_map_update_elem(&hd_frag, &key, &ports, BPF_NOEXIST))
		return to_stack;
	if (fragment_was_overtaken(bpf_map_lookup_elem(&hd_frag, &key), &ports))
		ports.to_stack = FRAGMENT_OVERTAKEN;
	bpf_map_update_elem(&hd_frag, &key, &ports, BPF_ANY);
	return ports.to_stack;
}

/* Completes the tuple of a later fragment; enum fragment_to_stack of its datagram. */
__noinline int fragment_lookup(struct ct_state *ct, __be32 id)
{
	const struct fragment_ports *ports;
	struct fragment_key key;

	if (!ct)
		return FRAGMENT_BY_FLOW;
	key = fragment_key_of(ct, id);
	ports = bpf_map_lookup_elem(&hd_frag, &key);
	ct->frag_no_ports = true;
	if (fragment_is_expired(ports))
		return FRAGMENT_BY_FLOW;
	ct->frag_no_ports = ports->no_ports;
	if (ports->no_ports)
		return ports->to_stack;
	if (!key.protocol)
		ct->key.protocol = ports->protocol;
	ct->key.source_port = ports->source_port;
	ct->key.destination_port = ports->destination_port;
	return ports->to_stack;
}

/* Notes that a fragment has overtaken its first one, which then takes the same way. */
__noinline int fragment_record_overtaken(struct ct_state *ct, __be32 id)
{
	struct fragment_ports ports = {
		.seen_ns = ctx_now(),
		.to_stack = FRAGMENT_OVERTAKEN,
		.no_ports = true,
	};
	struct fragment_key key;
	int to_stack;

	if (!ct || ct->traced)
		return FRAGMENT_BY_FLOW;
	key = fragment_key_of(ct, id);
	if (!bpf_map_update_elem(&hd_frag, &key, &ports, BPF_NOEXIST))
		return FRAGMENT_OVERTAKEN;
	to_stack = fragment_lookup(ct, id);
	if (!ct->frag_no_ports)
		return to_stack;
	bpf_map_update_elem(&hd_frag, &key, &ports, BPF_ANY);
	return FRAGMENT_OVERTAKEN;
}

/* Completes the ports. A fragment that overtook its first one has none and its flow is unknown: the
 * host stack reassembles the whole datagram, as it does when netfilter translates the flow. */
static __always_inline enum verdict fragment_find_ports(struct packet *pkt)
{
	if (pkt->fragment == FRAGMENT_WHOLE)
		return VERDICT_NEXT;
	flow_of_packet(pkt, &pkt->ct.key);
	if (pkt->fragment == FRAGMENT_FIRST) {
		pkt->ct.frag_to_stack =
			fragment_record(&pkt->ct, pkt->fragment_id, FRAGMENT_BY_FLOW);
		return VERDICT_NEXT;
	}
	pkt->ct.frag_to_stack = fragment_lookup(&pkt->ct, pkt->fragment_id);
	if (pkt->ct.frag_no_ports && !pkt->ct.frag_to_stack)
		pkt->ct.frag_to_stack = fragment_record_overtaken(&pkt->ct, pkt->fragment_id);
	pkt->protocol = pkt->ct.key.protocol;
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
	fragment_record(&pkt->ct, pkt->fragment_id, FRAGMENT_TOO_BIG);
}

static __always_inline bool fragment_is_overtaken(const struct packet *pkt)
{
	return pkt->ct.frag_to_stack == FRAGMENT_OVERTAKEN;
}
