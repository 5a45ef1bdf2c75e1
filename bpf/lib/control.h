// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_control: the active bank of policy, and which packets are sent to hd_event. */
#pragma once

#include "abi/control.h"
#include "abi/event.h"
#include "lib/packet.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct control);
} hd_control SEC(".maps");

static __always_inline const struct control *control_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&hd_control, &zero);
}

/* Read once a packet: all its verdicts are of one generation. */
static __always_inline void control_read_generation(struct packet *pkt)
{
	const struct control *control = control_get();

	if (control)
		pkt->ct.generation = control->generation;
}

static __always_inline bool event_is_enabled(enum event_kind kind)
{
	const struct control *control = control_get();

	return control && (control->events & (1 << kind));
}

/* The active bank of every policy table. */
static __always_inline __u32 control_bank(const struct ct_state *ct)
{
	return ct->generation & 1;
}

/* A packet is traced if it ends with the nonce of hd_control. */
static __always_inline void trace_match(ctx_t *ctx, struct packet *pkt)
{
	const struct control *control = control_get();
	__u64 nonce[2];

	if (!control || !control->nonce[0] || pkt->length < sizeof(nonce) ||
	    !ctx_load(ctx, pkt->l3_offset + pkt->length - sizeof(nonce), nonce, sizeof(nonce)))
		return;
	pkt->ct.traced = nonce[0] == control->nonce[0] && nonce[1] == control->nonce[1];
}
