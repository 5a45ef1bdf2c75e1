// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_event: events of packets, for kinds that hd_control enables. */
#pragma once

#include "lib/control.h"

enum {
	EVENT_LENGTH_MAX = 65535,
	EVENT_RING_BYTES = 1 << 20,
	/* A flood of refused packets leaves room for new flows. */
	EVENT_DROPS_BYTES = EVENT_RING_BYTES / 4 * 3,
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, EVENT_RING_BYTES);
} hd_event SEC(".maps");

/* hd_event_lost: events lost because hd_event was full. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hd_event_lost SEC(".maps");

static __always_inline void event_count_lost(void)
{
	__u32 zero = 0;
	__u64 *lost = bpf_map_lookup_elem(&hd_event_lost, &zero);

	if (lost)
		(*lost)++;
}

/* Asked before the ring's lock is taken: while it is full, no CPU waits for another one. */
static __always_inline bool event_has_room(enum event_kind kind)
{
	__u64 used = bpf_ringbuf_query(&hd_event, BPF_RB_AVAIL_DATA);

	return used < (kind == EVENT_DROP ? EVENT_DROPS_BYTES : EVENT_RING_BYTES);
}

/* An event with the members of the flow; the caller fills the others and submits it. */
static __always_inline struct event *event_begin(const struct ct_state *ct, enum event_kind kind)
{
	struct event *event = NULL;

	if (event_has_room(kind))
		event = bpf_ringbuf_reserve(&hd_event, sizeof(*event), 0);
	if (!event) {
		event_count_lost();
		return NULL;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = bpf_ktime_get_ns();
	event->kind = kind;
	event->hook = ct->hook;
	event->vni = ct->key.vni;
	event->ifindex = ct->ifindex;
	event->rule = ct->rule;
	event->protocol = ct->key.protocol;
	event->source = ct->key_reversed ? ct->key.destination : ct->key.source;
	event->destination = ct->key_reversed ? ct->key.source : ct->key.destination;
	event->source_port = ct->key_reversed ? ct->key.destination_port : ct->key.source_port;
	event->destination_port = ct->key_reversed ? ct->key.source_port : ct->key.destination_port;
	return event;
}

static __always_inline void event_emit_flow(const struct ct_state *ct, enum event_kind kind,
					    enum event_stage stage, __u32 value)
{
	struct event *event = event_begin(ct, kind);

	if (!event)
		return;
	event->stage = stage;
	event->value = value;
	event->egress_rule = ct->key_reversed ? ct->destination_rule : ct->source_rule;
	event->ingress_rule = ct->key_reversed ? ct->source_rule : ct->destination_rule;
	bpf_ringbuf_submit(event, 0);
}

/* By the packet itself, which may have ended before its flow was looked up. */
static __always_inline void event_emit_packet(const struct packet *pkt, enum event_kind kind,
					      enum verdict verdict)
{
	struct event *event = event_begin(&pkt->ct, kind);

	if (!event)
		return;
	event->stage = STAGE_VERDICT;
	event->verdict = verdict;
	event->protocol = pkt->protocol;
	event->icmp_type = pkt->icmp_type;
	event->source_port = pkt->source_port;
	event->destination_port = pkt->destination_port;
	event->length = pkt->length < EVENT_LENGTH_MAX ? pkt->length : EVENT_LENGTH_MAX;
	event->vni = pkt->vni;
	event->source = pkt->source;
	event->destination = pkt->destination;
	bpf_ringbuf_submit(event, 0);
}

/* The hook's verdict: always for a traced packet, else only if the packet is dropped. */
static __always_inline void event_emit_verdict(const struct packet *pkt, enum verdict verdict)
{
	if (pkt->ct.traced)
		event_emit_packet(pkt, EVENT_TRACE, verdict);
	else if (verdict >= DROP_MALFORMED && event_is_enabled(EVENT_DROP))
		event_emit_packet(pkt, EVENT_DROP, verdict);
}
