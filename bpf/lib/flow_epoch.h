// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_flow_epoch: numbers that change when something that a cached flow repeats has changed. */
#pragma once

#include "abi/conntrack.h"
#include "abi/flow_cache.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FLOW_EPOCH_ROWS);
	__type(key, __u32);
	__type(value, struct flow_epoch);
} hd_flow_epoch SEC(".maps");

/* Row of a flow, the same for both directions: a mix of both ends' bits, equally treated. Flows
 * that share a row only miss more often. */
static __always_inline __u32 flow_epoch_row(__u32 source, __u32 destination, __be16 source_port,
					    __be16 destination_port)
{
	__u32 ports = (__u32)(source_port ^ destination_port) * 0x9e37;
	__u32 mix = (source ^ destination ^ ports) * 0x9e3779b1; /* 2^32 by the golden ratio */

	return FLOW_EPOCH_FLOWS + (mix >> 18);
}

_Static_assert(FLOW_EPOCH_BUCKETS == 1 << (32 - 18), "the shift above leaves as many");

static __always_inline __u32 flow_epoch_fold(const struct addr *addr)
{
	return addr->words[0] ^ addr->words[1] ^ addr->words[2] ^ addr->words[3];
}

static __always_inline __u32 flow_epoch_row_of(const struct flow *flow)
{
	return flow_epoch_row(flow_epoch_fold(&flow->source), flow_epoch_fold(&flow->destination),
			      flow->source_port, flow->destination_port);
}

static __always_inline __u32 flow_epoch_read(__u32 row)
{
	const struct flow_epoch *epoch = bpf_map_lookup_elem(&hd_flow_epoch, &row);

	return epoch ? *(const volatile __u32 *)&epoch->number : 0;
}

/* After the flow's entry was changed: its cached directions, and any made meanwhile, are void. */
static __always_inline void flow_epoch_raise(const struct flow *flow)
{
	__u32 row = flow_epoch_row_of(flow);
	struct flow_epoch *epoch = bpf_map_lookup_elem(&hd_flow_epoch, &row);

	if (epoch)
		__sync_fetch_and_add(&epoch->number, 1);
}
