// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the stages find out about one packet. Values and offsets only: a helper that moves data
 * invalidates packet pointers, so none leaves a function. */
#pragma once

#include <stddef.h>

#include "abi/conntrack.h"
#include "abi/endpoint.h"
#include "abi/iface.h"
#include "abi/route.h"
#include "abi/verdict.h"
#include "lib/mac.h"

enum l3_family {
	L3_NONE,
	L3_IPV4,
	L3_IPV6,
};

enum fragment {
	FRAGMENT_WHOLE,
	FRAGMENT_FIRST, /* carries the ports */
	FRAGMENT_LATER,
};

enum flow_state {
	FLOW_UNTRACKED, /* has no flow, or an unknown one: policy is checked for each packet */
	FLOW_NEW,
	FLOW_FOUND,
};

/* What ct_update() writes into the flow's entry once the packet is admitted. */
enum ct_change {
	CHANGED_SEEN = 1,   /* the entry's time is more than a second old */
	CHANGED_SOURCE = 2, /* generation and rule of the key's source */
	CHANGED_DESTINATION = 4,
	CHANGED_TUNNEL = 8,
	CHANGED_NUMBERS = 16, /* the sender's struct ct_end */
	CHANGED_COUNT = 32,   /* the sender's packets, until the flow is assured */
	/* Nothing is written for these: state of the entry's time and of the verdict. */
	SEEN_LONG_AGO = 64, /* the flow was silent for CT_SILENCE_S */
	IN_PASSING = 128,   /* the packet is admitted beside its flow */
};

/* The packet as conntrack and policy see it. No pointers: global functions take it, which the
 * verifier checks once and not once for each call. */
struct ct_state {
	struct flow key;
	__u32 flags;		 /* enum ct_flag, as found */
	__u32 node_id;		 /* with CT_TUNNEL */
	__u32 generation;	 /* of policy, by which this packet is checked */
	__u32 source_generation; /* of the flow, as struct ct_entry has them */
	__u32 destination_generation;
	__u32 source_rule;
	__u32 destination_rule;
	__u32 sender_pod_id; /* ends that are asked: pods of this node, else NO_POD_ID */
	__u32 receiver_pod_id;
	__u32 rule;	    /* that refused the packet, as in hd_rule */
	__u32 sequence;	    /* TCP, host byte order; SCTP: verification tag */
	__u32 acknowledged; /* TCP; SCTP INIT: the tag that its sender expects */
	__u32 ifindex;	    /* of the hook's device; 0 in netfilter's */
	__u32 tables_epoch; /* of hd_flow_epoch, when the hook began */
	/* Packed: the stack of a hook has no byte to spare (6.1). */
	__u8 hook : 4;		/* enum hook */
	__u8 state : 4;		/* enum flow_state */
	__u8 scope : 4;		/* enum policy_scope */
	__u8 frag_to_stack : 4; /* enum fragment_to_stack: why the stack has the rest of it */
	__u8 tcp_events;	/* enum transport_event; SCTP and ICMP echoes have them too */
	__u8 changed;		/* enum ct_change */
	bool key_reversed;	/* the packet goes from the key's destination to its source */
	bool is_error;		/* ICMP's about the flow, no packet of its own */
	bool in_window : 1;	/* its numbers are in the flow's window */
	bool untrackable : 1;	/* ICMP that is neither an echo nor an error about a flow */
	bool frag_no_ports : 1; /* a later fragment whose first one was not seen */
	bool settled : 1;	/* its flow's entry has nothing to learn from packets like it */
	bool translated : 1;	/* to a Service's backend, by this hook */
	bool restored : 1;	/* the answer of a client's that is its own backend, by this hook */
	bool traced;		/* of heddlectl trace: changes no map */
};

/* Of the packet what translation changes: the first members of struct packet. */
struct packet_ends {
	struct addr source;
	struct addr destination;
	__be16 source_port; /* ICMP echo: the identifier, in both */
	__be16 destination_port;
	__u16 ipv4_check; /* as on the wire */
};

struct packet {
	struct addr source;
	struct addr destination;
	__be16 source_port;
	__be16 destination_port;
	__u16 ipv4_check;
	__u8 family : 4;   /* enum l3_family */
	__u8 fragment : 4; /* enum fragment; the stack of a hook has no byte to spare (6.1) */
	__u8 next_header;  /* protocol field of the IP header itself */
	const struct iface *iface;	 /* of the pod that sent it, at its own device */
	const struct endpoint *endpoint; /* the destination, if local */
	const struct route *route;	 /* the destination's node, if another one */
	__u32 bytes;			 /* as the hook was given it */
	__u32 vni;
	__u32 length; /* of the IP packet, its header included */
	__be32 fragment_id;
	struct ct_state ct;
	__u16 l3_offset;
	__u16 l4_offset;
	struct ethernet ethernet;
	__u8 protocol; /* IPPROTO_*, behind IPv6 extension headers */
	__u8 ttl;      /* or hop limit */
	__u8 dsfield;  /* DSCP and ECN: the IPv4 TOS byte, the IPv6 traffic class */
	__u8 icmp_type;
	__u8 tcp_header_length; /* 0: not TCP, or not whole */
	bool redirected;	/* a stage has called one of the redirect helpers */
};

_Static_assert(offsetof(struct packet, ipv4_check) == offsetof(struct packet_ends, ipv4_check),
	       "struct packet begins with its ends");
