// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Explicit congestion notification through a tunnel: RFC 6040. */
#pragma once

#include "lib/packet.h"

enum ecn {
	ECN_NOT_ECT,
	ECN_ECT1,
	ECN_ECT0,
	ECN_CE,
	ECN_MASK = 3,
};

/* Section 4.2: what the inner packet leaves the tunnel with; VERDICT_NEXT if it may leave. */
static __always_inline enum verdict ecn_check(const struct packet *pkt, __u8 outer_dsfield)
{
	if ((outer_dsfield & ECN_MASK) == ECN_CE && (pkt->dsfield & ECN_MASK) == ECN_NOT_ECT)
		return DROP_TUNNEL_ECN;
	return VERDICT_NEXT;
}

static __always_inline __u8 ecn_combined(__u8 inner, __u8 outer)
{
	if (inner == ECN_NOT_ECT || inner == ECN_CE)
		return inner;
	if (outer == ECN_CE || outer == ECN_ECT1)
		return outer;
	return inner;
}
