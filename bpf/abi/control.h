// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_control: what the daemon changes at run time for all programs at once: one row, per CPU, so
 * that a packet reads one whole value. */
#pragma once

#include "addr.h"

struct control {
	__u64 generation; /* of policy; its lowest bit selects the active bank */
	__u64 events;	  /* bit n: events of enum event_kind n are emitted to hd_event */
	__u64 nonce[2];	  /* tcp_events the packet of heddlectl trace; zero: none is under way */
	/* Where other nodes send tunnel packets to; zero: nowhere. Rows of hd_node as well, but
	 * here they cost no look-up. */
	struct addr tunnel_ipv4;
	struct addr tunnel_ipv6;
};
