// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Flows that the host's stack forwards: netfilter may have translated them, so their answers must
 * come back through it instead of taking our shorter ways. */
#pragma once

#include "lib/conntrack.h"
#include "lib/endpoint.h"
#include "lib/route.h"

/* Whether an answer to this packet would otherwise pass the host's stack by. */
static __always_inline bool host_path_matters(const struct packet *pkt)
{
	bool from_pod = endpoint_is(endpoint_find(pkt->segment, &pkt->source), ENDPOINT_LOCAL_POD);
	bool to_pod =
		endpoint_is(endpoint_find(pkt->segment, &pkt->destination), ENDPOINT_LOCAL_POD);

	if (from_pod && to_pod)
		return true;
	if (from_pod)
		return route_is_shortcut(route_find(pkt->segment, &pkt->destination));
	if (to_pod)
		return route_is_shortcut(route_find(pkt->segment, &pkt->source));
	return false;
}

static __always_inline bool host_path_is_echo_request(const struct packet *pkt)
{
	return (pkt->protocol == IPPROTO_ICMP && pkt->icmp_type == ICMP_ECHO_REQUEST) ||
	       (pkt->protocol == IPPROTO_ICMPV6 && pkt->icmp_type == ICMPV6_ECHO_REQUEST);
}

/* Whether the packet can open a flow. Of ICMP only an echo request does: its identifier says
 * nothing of the direction. Else what an entry already awaits is itself an answer. */
static __always_inline bool host_path_opens(const struct packet *pkt, const struct flow *flow)
{
	const struct conntrack *awaited;

	if (pkt->fragment == FRAGMENT_LATER)
		return false;
	if (pkt->protocol == IPPROTO_ICMP || pkt->protocol == IPPROTO_ICMPV6)
		return host_path_is_echo_request(pkt);
	awaited = conntrack_find(flow);
	return !awaited || !(awaited->flags & CONNTRACK_HOST_PATH);
}

/* PASS_HOST_PATH if an answer will have to come back this way, else PASS_FOREIGN. */
static __always_inline enum verdict host_path_remember(ctx_t *ctx, const struct packet *pkt)
{
	struct flow flow, answer;

	if (!host_path_matters(pkt))
		return PASS_FOREIGN;
	flow = flow_of(ctx, pkt);
	if (host_path_opens(pkt, &flow)) {
		answer = flow_reversed(&flow);
		conntrack_remember(&answer, CONNTRACK_HOST_PATH, 0);
	}
	return PASS_HOST_PATH;
}
