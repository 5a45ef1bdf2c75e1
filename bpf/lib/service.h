// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Services: frontends, the backends behind them, and a translation while it is put together. */
#pragma once

#include "abi/service.h"
#include "lib/flow.h"
#include "lib/nat.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct service_key);
	__type(value, struct service);
} hd_service SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct backend_key);
	__type(value, struct backend);
} hd_backend SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct backend_info_key);
	__type(value, struct backend_info);
} hd_backend_info SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct affinity_key);
	__type(value, struct affinity);
} hd_affinity SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct service_draft);
} hd_nat_draft SEC(".maps");

static __always_inline struct service_draft *service_draft(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&hd_nat_draft, &zero);
}

/* Where the packet's headers are. */
static __always_inline void service_set_place(struct service_draft *draft, __u32 l3_offset,
					      __u32 l4_offset)
{
	draft->change.l3_offset = l3_offset;
	draft->change.l4_offset = l4_offset;
	draft->change.protocol = draft->frontend.protocol;
}

/* A flow of the draft's, as a key. */
static __always_inline void service_set_key(struct flow *key, const struct service_draft *draft,
					    const struct addr *source, __be16 source_port,
					    const struct addr *destination, __be16 destination_port)
{
	key->vni = draft->frontend.vni;
	key->protocol = draft->frontend.protocol;
	key->source = *source;
	key->source_port = source_port;
	key->destination = *destination;
	key->destination_port = destination_port;
	if (!flow_order(key))
		flow_reverse(key);
}

/* One end of the packet, its source or its destination. */
static __always_inline void service_replace(ctx_t *ctx, struct service_draft *draft, bool is_source,
					    const struct addr *from, __be16 from_port,
					    const struct addr *to, __be16 to_port)
{
	struct nat_change *change = &draft->change;

	change->is_source = is_source;
	change->from = *from;
	change->from_port = from_port;
	change->to = *to;
	change->to_port = to_port;
	nat_write(ctx, change);
}
