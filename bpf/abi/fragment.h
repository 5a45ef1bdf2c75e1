// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_frag: what only the first fragment of a datagram tells, for those that follow it. */
#pragma once

#include "addr.h"

struct fragment_key {
	__u32 segment;
	__be32 id; /* IPv4: the 16-bit identification, as on the wire */
	struct addr source;
	struct addr destination;
	__u8 protocol; /* IPPROTO_* */
	__u8 pad[7];   /* always 0 */
};

struct fragment_ports {
	__u64 seen_ns; /* CLOCK_MONOTONIC of the first fragment */
	__be16 source_port;
	__be16 destination_port;
	__u8 too_big; /* the first one did not fit its path: the host's stack has it */
	__u8 reserved[3];
};
