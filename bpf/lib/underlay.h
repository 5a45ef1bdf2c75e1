// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Plain packets with a pod's or a node's source: which of them may come unencapsulated. */
#pragma once

#include <linux/in6.h>

#include "abi/config.h"
#include "lib/endpoint.h"
#include "lib/icmp.h"
#include "lib/iface.h"
#include "lib/node.h"
#include "lib/route.h"

/* The owner of a direct route stands on our subnet, and this is not its MAC. */
static __always_inline bool underlay_is_foreign_mac(const struct packet *pkt,
						    const struct route *route)
{
	const struct node *owner = node_find(&route->tunnel);

	return owner && (owner->flags & NODE_MAC_KNOWN) &&
	       !mac_equal(&pkt->ethernet.source, &owner->mac);
}

/* A direct route's owner sends by any uplink; by the one that leads to it no row is asked for. */
static __always_inline bool underlay_is_uplink(const struct route *route, __u32 ifindex)
{
	return ifindex == route->ifindex || iface_is(iface_lookup(ifindex), IFACE_UPLINK);
}

/* What the host's stack forwards or takes in: a pod's packet came in by the pod's own device, a
 * remote one's by the overlay device or, if its route is direct, by an uplink. */
static __always_inline enum verdict underlay_check_forwarded(const struct packet *pkt,
							     __u32 ifindex)
{
	const struct endpoint *source = endpoint_find(pkt->vni, &pkt->source);
	const struct route *route;

	if (endpoint_is(source, ENDPOINT_LOCAL_POD))
		return source->ifindex == ifindex ? VERDICT_NEXT : DROP_NATIVE_DEVICE;
	if (ifindex == CONFIG_GET(overlay_ifindex))
		return VERDICT_NEXT;
	route = route_find(pkt->vni, &pkt->source);
	if (!route_is_shortcut(route))
		return VERDICT_NEXT;
	if (route->kind != ROUTE_DIRECT)
		return DROP_NATIVE_SOURCE;
	return underlay_is_uplink(route, ifindex) ? VERDICT_NEXT : DROP_NATIVE_DEVICE;
}

/* Neighbour discovery is link-local, as ARP is: a claim to an address of this node must reach the
 * stack, or duplicate address detection would not work. Hop limit 255: not forwarded by a router
 * (RFC 4861). */
static __always_inline bool underlay_is_neighbour_message(const struct packet *pkt)
{
	return pkt->protocol == IPPROTO_ICMPV6 && pkt->fragment == FRAGMENT_WHOLE &&
	       pkt->ttl == 255 && pkt->icmp_type >= ND_ROUTER_SOLICITATION &&
	       pkt->icmp_type <= ND_REDIRECT;
}

/* enum verdict; VERDICT_NEXT: comes from a pod CIDR whose route is direct, the way it should.
 * Verified once. */
__noinline int underlay_antispoof(const struct packet *pkt, __u32 ifindex)
{
	const struct endpoint *source;
	const struct route *route;

	if (!pkt)
		return DROP_MALFORMED;
	source = endpoint_find(pkt->vni, &pkt->source);
	if (underlay_is_neighbour_message(pkt))
		return PASS_UNMANAGED;
	if (endpoint_is(source, ENDPOINT_LOCAL_POD) || endpoint_is(source, ENDPOINT_LOCAL_HOST))
		return DROP_NATIVE_SOURCE;
	route = route_find(pkt->vni, &pkt->source);
	if (!route || (route->flags & ROUTE_REPLY_ONLY))
		return PASS_UNMANAGED;
	if (route->kind != ROUTE_DIRECT)
		return DROP_NATIVE_SOURCE;
	if (!underlay_is_uplink(route, ifindex))
		return DROP_NATIVE_DEVICE;
	if (underlay_is_foreign_mac(pkt, route))
		return DROP_NATIVE_MAC;
	return VERDICT_NEXT;
}
