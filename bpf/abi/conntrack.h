// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Flows, from their first packet: hd_unanswered until they are answered (LRU), then hd_conntrack,
 * where a flood cannot evict them. */
#pragma once

#include <linux/bpf.h>

#include "addr.h"

enum conntrack_flag {
	/* Packets from the key's source go through the host's stack: netfilter may have translated
	 * what they answer. */
	CONNTRACK_HOST_PATH = 1,
	/* Was brought by a node's tunnel from that node's own address: answered into the tunnel. */
	CONNTRACK_TUNNEL = 2,
	/* The key's destination opened the flow, not its source. */
	CONNTRACK_FROM_DESTINATION = 4,
	CONNTRACK_ANSWERED = 8,
	CONNTRACK_FIN_OPENER = 16,    /* TCP FIN; SCTP SHUTDOWN */
	CONNTRACK_FIN_RESPONDER = 32, /* TCP FIN; SCTP SHUTDOWN ACK */
	CONNTRACK_RESET = 64,	      /* TCP RST; SCTP ABORT */
	/* Met in the middle: nobody saw who opened it, so policy must admit both directions. */
	CONNTRACK_PICKED_UP = 128,
	/* Opened by this node itself, which policy never keeps from its pods. */
	CONNTRACK_FROM_NODE = 256,
	/* As CONNTRACK_HOST_PATH, of packets from the key's destination. */
	CONNTRACK_HOST_PATH_BACK = 512,
};

/* As a key, its ends are ordered (flow_order()): both directions are one entry.
 * An ICMP echo has its identifier as the requester's port, and 0 as the other. */
struct flow {
	__u32 segment;
	__u8 protocol; /* IPPROTO_* */
	__u8 pad[3];   /* always 0 */
	struct addr source;
	struct addr destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 pad2[4];
};

struct conntrack {
	__u64 seen_ns; /* CLOCK_MONOTONIC of the last packet, a second late at most */
	__u64 created_ns;
	__u32 flags;   /* enum conntrack_flag */
	__u32 node_id; /* with CONNTRACK_TUNNEL: whose tunnel */
	/* Of policy, that last admitted it at the key's source; 0: not judged here, or never. */
	__u32 source_generation;
	__u32 destination_generation;
	__u32 source_rule; /* that admitted it, as in hd_rule; 0: nothing selects the pod */
	__u32 destination_rule;
	__u8 reserved[16];
};

/* Frees itself when its flow has been silent for too long. */
struct conntrack_answered {
	struct conntrack flow;
	struct bpf_timer timer;
};
