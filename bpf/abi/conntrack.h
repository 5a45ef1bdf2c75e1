// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Flows, from their first packet: hd_ct_unassured (LRU) until both ends have proved that they take
 * part, then hd_ct, where a flood cannot evict them. */
#pragma once

#include <linux/bpf.h>

#include "addr.h"

/* Changed by atomic operations only: both directions of a flow run on two CPUs. */
enum ct_flag {
	/* Packets from the key's source go through the host stack: netfilter may have translated
	 * what they answer. ORIG and REPLY are directions of the key here: from its source, from
	 * its destination. */
	CT_VIA_STACK_ORIG = 1,
	/* Arrived through a node's tunnel from an address of that node: replies go back into the
	 * tunnel. */
	CT_TUNNEL = 2,
	/* The key's destination opened the flow, not its source. */
	CT_ORIG_IS_KEY_DST = 4,
	CT_SEEN_REPLY = 8,	/* the responder has sent a packet */
	CT_FIN_ORIGINATOR = 16, /* TCP FIN; SCTP SHUTDOWN */
	CT_FIN_RESPONDER = 32,	/* TCP FIN; SCTP SHUTDOWN ACK */
	/* TCP RST, SCTP ABORT of the end that opened the flow; its later data take it back. */
	CT_RESET_ORIGINATOR = 64,
	/* Created by a packet that opens no connection, so the originator is unknown, and policy
	 * must admit both directions. */
	CT_MIDSTREAM = 128,
	/* The originator is this node: policy never refuses a node to its own pods. */
	CT_FROM_NODE = 256,
	/* As CT_VIA_STACK_ORIG, for packets from the key's destination. */
	CT_VIA_STACK_REPLY = 512,
	/* Both ends take part: the originator acknowledged the SYN-ACK's own sequence number, or
	 * several packets went each way. Belongs into hd_ct; while that is full the flow stays
	 * evictable, and the move is tried again. */
	CT_ASSURED = 1024,
	CT_RESET_RESPONDER = 2048, /* as CT_RESET_ORIGINATOR */
	/* In hd_ct_unassured: the entry is being copied to hd_ct; flags go to both. */
	CT_MOVING = 4096,
	/* A redirected flow, unknown to netfilter, with whose tuple a DNATed flow clashes: packets
	 * of the other flow have the same tuple in netfilter's FORWARD. */
	CT_CLASHES = 8192,
	/* The DNATed flow of such a clash: its next packet inserts the other flow into netfilter's
	 * conntrack. */
	CT_CLASH = 16384,
	CT_CLASH_INSERTED = 32768, /* done */
	/* The key's tuple is a client's and a Service's: its packets go to `backend`, as packets of
	 * another flow. Only packets of the client have this tuple. */
	CT_SERVICE = 65536,
	/* That other flow, of the client and the backend: answers get `frontend` as their source.
	 */
	CT_TRANSLATED = 131072,
};

/* As a key, its ends are ordered (flow_order()): both directions are one entry.
 * An ICMP echo has its identifier as the requester's port, and 0 as the other. */
struct flow {
	__u32 vni;
	__u8 protocol; /* IPPROTO_* */
	__u8 pad[3];   /* always 0 */
	struct addr source;
	struct addr destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 pad2[4];
};

/* What an end last sent, host byte order, at most CT_SEQUENCE_LAG behind; 0: nothing yet. */
struct ct_end {
	__u32 sequence;	    /* TCP; SCTP: verification tag */
	__u32 acknowledged; /* TCP */
};

struct ct_entry {
	__u64 seen_ns; /* CLOCK_MONOTONIC of the last packet, two seconds late at most */
	__u64 created_ns;
	__u32 flags;   /* enum ct_flag */
	__u32 node_id; /* with CT_TUNNEL: whose tunnel */
	/* The generation of policy that last admitted the flow at the key's source; 0: not checked
	 * here, or never admitted. */
	__u32 source_generation;
	__u32 destination_generation;
	__u32 source_rule; /* that admitted it, as in hd_rule; 0: nothing selects the pod */
	__u32 destination_rule;
	__u32 slot;	     /* in hd_ct: of hd_ct_ring, that names the flow */
	__u32 handshake_ack; /* TCP: acknowledges the SYN-ACK, host byte order; 0: none seen */
	struct ct_end source_end;
	struct ct_end destination_end;
	struct addr backend; /* with CT_CLASH and CT_SERVICE: where DNAT led */
	__u8 source_packets; /* of the key's source, counted until the flow is assured */
	__u8 destination_packets;
	__be16 backend_port;
	__u32 reopening_ack;  /* acknowledges the originator's SYN in a flow that was open; 0: none
			       */
	struct addr frontend; /* with CT_TRANSLATED: what the client asked for */
	__be16 frontend_port;
	__be16 translated_port; /* with CT_SERVICE and CT_TRANSLATED: the client's in the other flow
				 */
	__u32 service_id;	/* with CT_SERVICE and CT_TRANSLATED */
	__u8 reserved[16];
};

/* A row of hd_ct_ring or hd_ct_queue: names a flow for garbage collection. */
struct ct_slot {
	struct flow key; /* protocol 0: the slot is free */
	/* hd_ct_queue: the flow does not expire before that. hd_ct_ring: since when it counts as
	 * ended; 0: it has not ended. */
	__u64 time_ns;
	__u32 source_host; /* hd_ct_ring: rows of hd_ct_share that the flow counts in */
	__u32 destination_host;
};

/* hd_ct_share: rows of hd_ct that a host has. */
struct ct_share {
	__u32 live;
	__u32 ended; /* closed or reset, and not expired yet */
};

/* hd_ct_aging, one row: cursors of garbage collection, and the timer that moves them while no
 * insertion does. */
struct ct_aging {
	struct bpf_timer timer;
	__u64 due_ns;	  /* of the timer; past: it does not run */
	__u64 armed_ns;	  /* when a program last gave the timer its own callback */
	__u64 seed;	  /* of hd_ct_share's rows */
	__u64 map_full;	  /* assured flows left evictable: hd_ct was full */
	__u64 over_share; /* assured flows left evictable: an end had its share */
	__u32 ring_cursor;
	__u32 queue_cursor; /* next to look at */
	__u32 queue_tail;   /* next to write */
	__u32 ring_rows;    /* slots that name a flow */
	__u32 queue_rows;
	__u8 pad[4];
	struct ct_entry blank; /* never written: a new entry is a copy of it */
	__u8 reserved[40];
};
