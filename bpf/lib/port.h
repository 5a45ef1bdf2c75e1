// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_port: who is behind a pod's host-side veth. */
#pragma once

#include "abi/port.h"
#include "lib/packet.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct port_key);
	__type(value, struct port);
} hd_port SEC(".maps");

static __always_inline const struct port *port_lookup(__u32 ifindex)
{
	struct port_key key = { .ifindex = ifindex };

	return bpf_map_lookup_elem(&hd_port, &key);
}

/* Whose device this is; the packet's segment is its pod's. */
static __always_inline enum verdict port_find(ctx_t *ctx, struct packet *pkt)
{
	pkt->port = port_lookup(ctx_ifindex(ctx));
	if (!pkt->port)
		return DROP_PORT_UNKNOWN;
	pkt->segment = pkt->port->segment;
	return VERDICT_NEXT;
}
