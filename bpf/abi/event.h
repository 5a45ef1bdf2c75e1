// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_event: what heddlectl monitor and heddlectl trace print, and the daemon's flow history keeps.
 */
#pragma once

#include "addr.h"

enum event_kind {
	EVENT_DROP,  /* a packet ended here */
	EVENT_FLOW,  /* a flow was created */
	EVENT_TRACE, /* a stage of the traced packet; emitted whatever hd_control says */
};

enum event_stage {
	STAGE_VERDICT,	 /* the hook's verdict */
	STAGE_CONNTRACK, /* value: enum ct_flag of the entry found; 0: a new flow */
	STAGE_EGRESS,
	STAGE_INGRESS,
};

struct event {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u8 kind;     /* enum event_kind */
	__u8 stage;    /* enum event_stage */
	__u8 hook;     /* enum hook */
	__u8 verdict;  /* enum verdict */
	__u8 protocol; /* IPPROTO_* */
	__u8 icmp_type;
	__be16 source_port; /* ICMP echo: the identifier, as in struct flow */
	__be16 destination_port;
	__u16 length; /* of the IP packet, bytes; 65535 if longer */
	__u32 vni;
	__u32 ifindex;	/* where the hook is attached; 0 in netfilter's */
	__u32 rule;	/* as in hd_rule; 0: none */
	__u32 value;	/* see enum event_stage */
	__u32 policy;	/* STAGE_EGRESS and _INGRESS: of the pod, as in hd_policy_peer */
	__u32 identity; /* STAGE_EGRESS and _INGRESS: of the peer */
	__u32 rule_set;
	__u32 egress_rule;  /* EVENT_FLOW: admitted the flow at its originator, as in hd_rule */
	__u32 ingress_rule; /* at its responder; 0: nothing selects the pod, or not checked here */
	struct addr source;
	struct addr destination;
};
