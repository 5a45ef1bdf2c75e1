// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_route: which node owns a prefix, and how it is reached. */
#pragma once

#include "abi/route.h"
#include "lib/addr.h"

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct route_key);
	__type(value, struct route);
} hd_route SEC(".maps");

static __always_inline const struct route *route_find(__u32 vni, const struct addr *addr)
{
	struct route_key key = {
		.prefix_bits = 32 + 128,
		.vni = bpf_htonl(vni),
		.addr = *addr,
	};

	return bpf_map_lookup_elem(&hd_route, &key);
}

/* A remote pod CIDR: packets to and from it take our paths, past the host's stack. */
static __always_inline bool route_is_shortcut(const struct route *route)
{
	return route && route->kind != ROUTE_LOCAL && !(route->flags & ROUTE_REPLY_ONLY);
}
