// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_iface: the pod behind a host-side veth, and which devices are uplinks. */
#pragma once

#include "abi/iface.h"
#include "lib/packet.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct iface_key);
	__type(value, struct iface);
} hd_iface SEC(".maps");

static __always_inline const struct iface *iface_lookup(__u32 ifindex)
{
	struct iface_key key = { .ifindex = ifindex };

	return bpf_map_lookup_elem(&hd_iface, &key);
}

static __always_inline bool iface_is(const struct iface *iface, enum iface_kind kind)
{
	return iface && iface->kind == kind;
}

/* The pod behind the hook's device; the packet's VNI is the pod's. */
static __always_inline enum verdict iface_find_pod(ctx_t *ctx, struct packet *pkt)
{
	pkt->iface = iface_lookup(ctx_ifindex(ctx));
	if (!iface_is(pkt->iface, IFACE_POD))
		return DROP_IFACE_UNKNOWN;
	pkt->vni = pkt->iface->vni;
	return VERDICT_NEXT;
}
