// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Drops VXLAN from unknown VTEPs at the least cost, so that a flood of it does not starve other
 * traffic. IPv4 without options alone; all other packets get the same verdict from
 * vxlan_validate(). */
#pragma once

#include <linux/ip.h>
#include <linux/udp.h>

#include "lib/tunnel.h"

struct unknown_vtep_frame {
	struct ethernet ethernet;
	struct {
		__u8 version_ihl;
		__u8 tos;
		__be16 length;
		__be16 id;
		__be16 fragment;
		__u8 ttl;
		__u8 protocol;
		__u16 check;
		__be16 source[2];
		__be16 destination[2];
	} ip;
	struct udphdr udp;
	struct vxlan vxlan;
} __attribute__((packed, aligned(2)));

_Static_assert(sizeof(struct unknown_vtep_frame) == 50, "as on the wire");

enum {
	UNKNOWN_VTEP_IPV4_NO_OPTIONS = 0x45,
	UNKNOWN_VTEP_IP_LENGTH_MIN = sizeof(struct unknown_vtep_frame) - ETH_HLEN,
};

/* A whole VXLAN packet over IPv4, as parsing would find it. */
static __always_inline bool unknown_vtep_is_vxlan(const struct unknown_vtep_frame *frame,
						  __u32 room)
{
	__u32 length = bpf_ntohs(frame->ip.length);

	return frame->ethernet.ethertype == bpf_htons(ETH_P_IP) &&
	       frame->ip.version_ihl == UNKNOWN_VTEP_IPV4_NO_OPTIONS &&
	       frame->ip.protocol == IPPROTO_UDP &&
	       frame->udp.dest == bpf_htons(CONFIG_GET(vxlan_port)) &&
	       !(frame->ip.fragment & bpf_htons(IPV4_FRAGMENT_OFFSET | IPV4_MORE_FRAGMENTS)) &&
	       length >= UNKNOWN_VTEP_IP_LENGTH_MIN && length + ETH_HLEN <= room &&
	       (frame->vxlan.flags & VXLAN_FLAG_VNI);
}

static __always_inline struct addr unknown_vtep_addr(const __be16 *words)
{
	struct addr addr;

	addr_set_ipv4(&addr, *(const __be32 *)words);
	return addr;
}

static __always_inline bool vtep_is_known(const struct addr *source)
{
	const struct node *node = node_find(source);

	return node && (node->flags & (NODE_TUNNEL | NODE_LOCAL)) == NODE_TUNNEL;
}

/* Only while no events of drops are enabled: finish() emits those. */
static __always_inline bool unknown_vtep_is_refused(ctx_t *ctx)
{
	const struct unknown_vtep_frame *frame = (void *)(long)ctx->data;
	const struct control *control = control_get();
	struct addr source, destination;

	if ((void *)(frame + 1) > (void *)(long)ctx->data_end || !control || control->nonce[0] ||
	    (control->events & (1 << EVENT_DROP)) || !unknown_vtep_is_vxlan(frame, ctx_length(ctx)))
		return false;
	source = unknown_vtep_addr(frame->ip.source);
	destination = unknown_vtep_addr(frame->ip.destination);
	return !vtep_is_known(&source) && tunnel_is_own_end(&destination);
}
