// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_frag: the ports of a datagram, which only its first fragment carries. */
#pragma once

#include "addr.h"

struct fragment_key {
	__u32 vni;
	__be32 id; /* IPv4: the 16-bit identification, as on the wire */
	struct addr source;
	struct addr destination;
	__u8 protocol; /* IPPROTO_*; IPv6: 0, its datagrams are numbered by the ends alone */
	__u8 pad[7];   /* always 0 */
};

enum fragment_to_stack {
	FRAGMENT_BY_FLOW,   /* each fragment is forwarded as its flow */
	FRAGMENT_TOO_BIG,   /* the first one did not fit its path */
	FRAGMENT_OVERTAKEN, /* another fragment, without ports, came first */
};

struct fragment_ports {
	__u64 seen_ns; /* CLOCK_MONOTONIC of the first fragment, or of what overtook it */
	__be16 source_port;
	__be16 destination_port;
	__u8 to_stack; /* enum fragment_to_stack: why the host stack has all of the datagram */
	__u8 no_ports; /* the first one has not come */
	__u8 protocol; /* IPPROTO_* of the first one's transport header */
	__u8 reserved;
};
