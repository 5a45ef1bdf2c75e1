// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The flow cache: what conntrack, policy and the tables have said about one direction of a settled
 * flow, so that its next packet needs one look-up. A row only repeats them: they stay the truth. */
#pragma once

#include "addr.h"

/* Rows of hd_flow_epoch. A cached flow is valid while the numbers of its two rows are those that it
 * was made under. */
enum flow_epoch_row {
	/* Changed by the daemon after it has written rows of interfaces, endpoints, routes, nodes
	 * or flows. */
	FLOW_EPOCH_TABLES,
	/* The first of FLOW_EPOCH_BUCKETS; a flow's ends choose one. Raised by a program after it
	 * changed what the flow's entry decides. */
	FLOW_EPOCH_FLOWS,
	FLOW_EPOCH_BUCKETS = 16384,
	FLOW_EPOCH_ROWS = FLOW_EPOCH_FLOWS + FLOW_EPOCH_BUCKETS,
};

struct flow_epoch {
	__u32 number;
};

/* One direction of a flow at one device. */
struct cache_key_ipv4 {
	__u32 ifindex; /* of the hook's device: a pod's, or an uplink */
	__u32 vni;     /* of the tunnel that it came by; NO_VNI: by none */
	__be32 source;
	__be32 destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol; /* IPPROTO_TCP or _UDP */
	__u8 pad[3];   /* always 0 */
};

struct cache_key_ipv6 {
	__u32 ifindex;
	__u32 vni;
	struct addr source;
	struct addr destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol;
	__u8 pad[3];
};

enum {
	NO_VNI = 0xffffffff, /* VNIs have 24 bits */
	CACHED_KEY_WORDS = sizeof(struct cache_key_ipv6) / sizeof(__u64),
	CACHED_HEADERS_ROOM = 72, /* outer IPv6 with the inner Ethernet header: 70 */
};

struct cached_flow {
	/* The row's own key, again, the rest 0: the kernel reuses a row's memory at once, so who
	 * has read one looks whether it was still the flow's afterwards. */
	__u64 key[CACHED_KEY_WORDS];
	/* What a packet that takes the long way writes in place, where all behind it is as it was:
	 * in the row of another flow, whose memory it may have become, it does little harm.
	 * CLOCK_MONOTONIC: then a packet renews the time of the flow's entry. */
	__u64 valid_until_ns;
	/* TCP, host byte order: what the entry says that the sender last sent; see struct ct_end.
	 */
	__u32 sequence;
	__u32 acknowledged;
	__u32 generation; /* of policy */
	__u32 tables_epoch;
	__u32 flow_epoch;
	__u32 ifindex; /* the pod's device, or the uplink that it leaves by */
	/* To another node: the next hop, as in struct route. From one: the outer source. */
	struct addr neighbour;
	/* As it comes; not checked behind a tunnel's headers. */
	struct mac destination_mac;
	struct mac source_mac;
	struct mac pod_mac;  /* REDIRECT_POD: as it goes on */
	__u16 mtu;	     /* of the path, as in struct route; REDIRECT_POD: 0 */
	__u8 verdict;	     /* enum verdict: REDIRECT_POD, _OVERLAY, _DIRECT */
	__u8 headers_length; /* REDIRECT_OVERLAY */
	__u8 pad[2];
	/* REDIRECT_OVERLAY: outer IP, UDP, VXLAN and inner Ethernet, complete but for lengths,
	 * DSCP, ECN and identification; IPv4's check is of the rest. */
	__u8 headers[CACHED_HEADERS_ROOM];
};
