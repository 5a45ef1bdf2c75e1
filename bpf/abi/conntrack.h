// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_conntrack: flows whose packets must take a path that the tables alone would not choose. */
#pragma once

#include "addr.h"

enum conntrack_flag {
	/* Came through the host's stack (netfilter may have translated it): goes back that way. */
	CONNTRACK_HOST_PATH = 1,
	/* Was brought by a node's tunnel from that node's own address: answered into the tunnel. */
	CONNTRACK_TUNNEL = 2,
};

/* As the packet that looks it up has it: an entry is written under the tuple of the answer. */
struct flow {
	__u32 segment;
	__u8 protocol; /* IPPROTO_* */
	__u8 pad[3];   /* always 0 */
	struct addr source;
	struct addr destination;
	__be16 source_port; /* ICMP echo: the identifier, in both */
	__be16 destination_port;
	__u8 pad2[4];
};

struct conntrack {
	__u64 seen_ns; /* CLOCK_MONOTONIC of the last packet that wrote it */
	__u32 flags;   /* enum conntrack_flag */
	__u32 node_id; /* with CONNTRACK_TUNNEL: whose tunnel */
	__u8 reserved[16];
};
