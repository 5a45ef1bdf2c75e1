// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets to this node itself, after DNAT: egress policy of its own pods towards any of its
 * addresses is checked here, whatever address the pod sent to and whatever device has that address.
 */
#pragma once

#include "lib/policy_check.h"
#include "lib/fragment.h"
#include "lib/iface.h"
#include "lib/underlay.h"
#include "lib/netfilter_conn.h"
#include "lib/antispoof.h"

enum {
	LOOPBACK_IFINDEX = 1, /* include/net/net_namespace.h */
};

/* Devices that no local pod's packet comes in by: uplink_rx and overlay_rx drop its address. */
static __always_inline bool local_in_is_from_uplink(const struct iface *iface, __u32 ifindex)
{
	return iface_is(iface, IFACE_UPLINK) || ifindex == CONFIG_GET(overlay_ifindex);
}

/* Addresses of pods and of this node come in by devices of their own: a local pod's, which pod_tx
 * has checked, the way of a remote pod's route, and the loopback. Another device's claim to one is
 * forged, unless that is a VRF, which stands for the devices behind it. */
static __always_inline enum verdict local_in_check_device(ctx_t *ctx, const struct packet *pkt)
{
	__u32 ifindex = ctx_ingress_ifindex(ctx);
	const struct endpoint *source;

	if (pkt->iface || pkt->ct.traced || ifindex == LOOPBACK_IFINDEX ||
	    ctx_ingress_is_vrf(ctx) || underlay_is_neighbour_message(pkt))
		return VERDICT_NEXT;
	source = endpoint_find(pkt->vni, &pkt->source);
	if (endpoint_is(source, ENDPOINT_LOCAL_HOST))
		return DROP_NATIVE_SOURCE;
	return underlay_check_forwarded(pkt, ifindex);
}

/* Netfilter's INPUT has SNAT too, ahead of us: policy and conntrack know the source as the pod sent
 * it. The destination is what DNAT made of it. */
static __always_inline void local_in_restore_source(ctx_t *ctx, struct packet *pkt)
{
	const struct nf_conntrack_tuple *tuple = netfilter_tuple(ctx, NF_CT_DIR_ORIGINAL);

	if (!tuple || flow_is_icmp_error(pkt))
		return;
	netfilter_set_addr(pkt, &pkt->source, &tuple->src.u3);
	if (parse_has_ports(pkt->protocol) || parse_is_icmp(pkt->protocol))
		pkt->source_port = tuple->src.u.all;
}

/* The pod that sent it: the one behind the device it came in by, or, where a VRF stands between,
 * the one that has its source address. */
static __always_inline __u32 local_in_sender(const struct packet *pkt)
{
	if (pkt->iface)
		return pkt->iface->pod_id;
	return policy_pod_id(endpoint_find(pkt->vni, &pkt->source));
}

/* What is taken in for a pod (TPROXY) is that pod's to policy. Any other address that hd_endpoint
 * does not have as this node's is one that no object names. */
static __always_inline enum policy_scope local_in_scope(const struct endpoint *destination)
{
	bool is_known = endpoint_is(destination, ENDPOINT_LOCAL_HOST) ||
			endpoint_is(destination, ENDPOINT_LOCAL_POD) ||
			endpoint_is(destination, ENDPOINT_REMOTE_POD);

	return is_known ? SCOPE_ALL : SCOPE_NODE;
}

/* A node always reaches its own pods, so replies to connections that this node opened are not
 * checked; netfilter's conntrack tells which those are. An ICMP error about such a connection is
 * checked: it may come from a pod that has no part in it. */
static __always_inline enum verdict local_in_check(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v;
	__u32 sender;

	if (netfilter_is_established_reply(ctx))
		return pkt->iface ? PASS_HOST : PASS_UNMANAGED;
	local_in_restore_source(ctx, pkt);
	sender = local_in_sender(pkt);
	if (sender == NO_POD_ID)
		return PASS_UNMANAGED;
	fragment_find_ports(pkt);
	v = antispoof_tunnel(pkt);
	if (v != VERDICT_NEXT)
		return v;
	ct_lookup(ctx, pkt);
	pkt->ct.scope = local_in_scope(endpoint_find(pkt->vni, &pkt->destination));
	v = policy_check(&pkt->ct, sender, NO_POD_ID);
	if (v == VERDICT_NEXT)
		v = ct_update(&pkt->ct, 0);
	return v == VERDICT_NEXT ? PASS_HOST : v;
}
