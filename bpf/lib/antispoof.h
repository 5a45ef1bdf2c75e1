// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A pod sends only from its own MAC and addresses, to its gateway, to routable addresses. */
#pragma once

#include "abi/config.h"
#include "lib/addr.h"
#include "lib/endpoint.h"
#include "lib/node.h"
#include "lib/vxlan.h"

static __always_inline enum verdict antispoof_mac(const struct packet *pkt)
{
	if (!mac_equal(&pkt->ethernet.source, &pkt->iface->mac))
		return DROP_SOURCE_MAC;
	return VERDICT_NEXT;
}

/* Before the source address: link-local multicast is not spoofing. */
static __always_inline enum verdict antispoof_destination(const struct packet *pkt)
{
	struct mac gateway = mac_setting(&CONFIG_GET(gateway_mac));

	if (addr_is_multicast(&pkt->destination))
		return DROP_MULTICAST;
	if (addr_is_this_host(&pkt->destination))
		return DROP_DESTINATION_ADDRESS;
	if (!mac_equal(&pkt->ethernet.destination, &gateway))
		return DROP_DESTINATION_MAC;
	return VERDICT_NEXT;
}

static __always_inline enum verdict antispoof_address(const struct packet *pkt)
{
	if (!endpoint_is_own(pkt, &pkt->source))
		return DROP_SOURCE_ADDRESS;
	return VERDICT_NEXT;
}

/* VXLAN on our port from a pod, whatever its destination: that may be an address of a node that no
 * table has, NAT may turn it into one, and masquerading would make the sender this node. A pod's
 * own tunnels have other ports. */
static __always_inline enum verdict antispoof_tunnel(const struct packet *pkt)
{
	return vxlan_is_port(pkt) ? DROP_POD_TUNNEL : VERDICT_NEXT;
}
