// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_node: underlay addresses of the cluster's nodes. */
#pragma once

#include "abi/node.h"
#include "lib/addr.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct node_key);
	__type(value, struct node);
} hd_node SEC(".maps");

static __always_inline const struct node *node_find(const struct addr *addr)
{
	struct node_key key = { .addr = *addr };

	return bpf_map_lookup_elem(&hd_node, &key);
}

static __always_inline bool node_is_local(const struct node *node)
{
	return node && (node->flags & NODE_LOCAL);
}
