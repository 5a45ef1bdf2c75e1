// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_node: underlay addresses of the cluster's nodes; whose tunnel packets are accepted. */
#pragma once

#include "addr.h"

enum node_flag {
	NODE_LOCAL = 1,	    /* an underlay address of this node: never a valid tunnel source */
	NODE_TUNNEL = 2,    /* may send us VXLAN from this address */
	NODE_MAC_KNOWN = 4, /* shares a subnet with us and mac is its uplink's */
};

struct node_key {
	struct addr addr;
};

struct node {
	__u32 id;	/* node-local number, never 0, the same for all addresses of a node */
	struct mac mac; /* with NODE_MAC_KNOWN: its uplink's MAC */
	__u16 flags;	/* enum node_flag */
};
