// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_endpoint: every single address of the cluster that has a meaning. */
#pragma once

#include "abi/endpoint.h"
#include "lib/packet.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct endpoint_key);
	__type(value, struct endpoint);
} hd_endpoint SEC(".maps");

static __always_inline const struct endpoint *endpoint_find(__u32 vni, const struct addr *addr)
{
	struct endpoint_key key = { .vni = vni, .addr = *addr };

	return bpf_map_lookup_elem(&hd_endpoint, &key);
}

static __always_inline bool endpoint_is(const struct endpoint *endpoint, enum endpoint_kind kind)
{
	return endpoint && endpoint->kind == kind;
}

static __always_inline bool endpoint_is_node(const struct endpoint *endpoint)
{
	return endpoint_is(endpoint, ENDPOINT_LOCAL_HOST) ||
	       endpoint_is(endpoint, ENDPOINT_REMOTE_NODE);
}

/* Whether the address belongs to the pod behind the device. */
static __always_inline bool endpoint_is_own(const struct packet *pkt, const struct addr *addr)
{
	const struct endpoint *endpoint = endpoint_find(pkt->vni, addr);

	return endpoint_is(endpoint, ENDPOINT_LOCAL_POD) && endpoint->pod_id == pkt->iface->pod_id;
}

/* Whether one of the two is a pod of this node. */
static __always_inline bool endpoint_has_local_pod(__u32 vni, const struct addr *one,
						   const struct addr *other)
{
	return endpoint_is(endpoint_find(vni, one), ENDPOINT_LOCAL_POD) ||
	       endpoint_is(endpoint_find(vni, other), ENDPOINT_LOCAL_POD);
}
