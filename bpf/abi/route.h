// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_route: which node owns a prefix, and how it is reached. Longest prefix wins. */
#pragma once

#include "addr.h"

enum route_kind {
	ROUTE_LOCAL = 1, /* this node's own pod CIDR */
	ROUTE_OVERLAY,	 /* encapsulated to the node's tunnel address */
	ROUTE_DIRECT,	 /* plain, to next_hop */
};

enum route_flag {
	/* A node's own address outside its pod CIDRs: a valid source inside its tunnel, and a
	 * destination only for answers to flows that its tunnel brought. */
	ROUTE_REPLY_ONLY = 1,
};

struct route_key {
	__u32 prefix_bits; /* 32 (VNI) + 0..128; an IPv4 prefix counts 96 more */
	__be32 vni;	   /* VXLAN network identifier; LPM compares bits in wire order */
	struct addr addr;
};

struct route {
	__u8 kind;	     /* enum route_kind */
	__u8 flags;	     /* enum route_flag */
	__u16 mtu;	     /* largest IP packet that fits, inner headers included; bytes */
	__u32 node_id;	     /* owner, as in hd_node */
	__u32 ifindex;	     /* of the uplink that packets leave by; ROUTE_LOCAL: 0 */
	struct mac vtep_mac; /* overlay: the owner's overlay device, inner destination MAC */
	__u8 pad[6];
	struct addr tunnel;   /* the owner's underlay address, its key in hd_node; direct too */
	struct addr source;   /* overlay: this node's underlay address towards it, same family */
	struct addr next_hop; /* underlay neighbour on a connected subnet; zero: ask the FIB */
};
