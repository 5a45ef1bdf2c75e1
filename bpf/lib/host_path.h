// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Flows that the host stack forwards: netfilter may have translated them, so their replies must
 * come back through it and are not redirected. */
#pragma once

#include "lib/conntrack.h"
#include "lib/endpoint.h"
#include "lib/route.h"

/* Whether a reply to this packet would otherwise be redirected past the host stack. */
static __always_inline bool host_path_matters(const struct packet *pkt)
{
	bool from_pod = endpoint_is(endpoint_find(pkt->vni, &pkt->source), ENDPOINT_LOCAL_POD);
	bool to_pod = endpoint_is(endpoint_find(pkt->vni, &pkt->destination), ENDPOINT_LOCAL_POD);

	if (from_pod && to_pod)
		return true;
	if (from_pod)
		return route_is_shortcut(route_find(pkt->vni, &pkt->destination));
	if (to_pod)
		return route_is_shortcut(route_find(pkt->vni, &pkt->source));
	return false;
}

/* Whether the flow needs the flag that sends replies through the host stack. Of ICMP only an echo
 * request has replies; a packet that is itself such a reply has none. */
static __always_inline bool host_path_is_unrecorded(const struct packet *pkt)
{
	if (pkt->ct.state == FLOW_UNTRACKED || pkt->fragment == FRAGMENT_LATER ||
	    ct_is_via_stack(&pkt->ct))
		return false;
	return !parse_is_icmp(pkt->protocol) || (pkt->ct.tcp_events & TRANSPORT_OPENS);
}

/* What conntrack has to add to the flow of a packet that the host's stack forwards. */
static __always_inline __u32 host_path_flags(const struct packet *pkt)
{
	return host_path_is_unrecorded(pkt) ? ct_via_stack_flag(&pkt->ct, true) : 0;
}
