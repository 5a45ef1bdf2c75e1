// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which tunnel packets are admitted: from a known node, of our VNI, with an inner source that
 * belongs to that node. The same checks however the frame came. */
#pragma once

#include "lib/ecn.h"
#include "lib/endpoint.h"
#include "lib/frame.h"
#include "lib/node.h"
#include "lib/route.h"
#include "lib/vxlan.h"

/* The outer headers, once struct packet holds the inner ones. */
struct tunnel {
	struct addr source;
	__u32 node_id;	 /* who sent it */
	bool reply_only; /* inner source is one of that node's own addresses */
	__u8 family;	 /* enum l3_family */
	__u8 dsfield;
};

/* An address of this node; that of its tunnels is in hd_control, which spares a look-up in hd_node.
 */
static __always_inline bool tunnel_is_own_end(const struct addr *addr)
{
	const struct control *control = control_get();

	if (control && !addr_is_zero(addr) &&
	    (addr_equal(addr, &control->tunnel_ipv4) || addr_equal(addr, &control->tunnel_ipv6)))
		return true;
	return node_is_local(node_find(addr));
}

/* Addressed to this node's end of the overlay, and whole. */
static __always_inline bool tunnel_is_ours(const struct packet *pkt)
{
	return vxlan_is_port(pkt) && pkt->fragment == FRAGMENT_WHOLE &&
	       tunnel_is_own_end(&pkt->destination);
}

static __always_inline enum verdict tunnel_check_node(struct tunnel *tunnel)
{
	const struct node *node = node_find(&tunnel->source);

	if (!node || !(node->flags & NODE_TUNNEL) || (node->flags & NODE_LOCAL))
		return DROP_TUNNEL_SOURCE;
	tunnel->node_id = node->id;
	return VERDICT_NEXT;
}

static __always_inline enum verdict tunnel_check_vni(__u32 vni)
{
	if (vni != CONFIG_GET(cluster_vni))
		return DROP_TUNNEL_VNI;
	return VERDICT_NEXT;
}

/* The inner frame at offset becomes the packet. */
static __always_inline enum verdict tunnel_parse_inner(ctx_t *ctx, struct packet *pkt, __u32 offset)
{
	/* In place: the stack has no room for two. The rest is written whatever is parsed. */
	pkt->family = L3_NONE;
	pkt->fragment = FRAGMENT_WHOLE;
	pkt->source_port = 0;
	pkt->destination_port = 0;
	pkt->icmp_type = 0;
	pkt->tcp_header_length = 0;
	pkt->ct.tcp_events = 0;
	pkt->ct.traced = false;
	if (parse_frame(ctx, pkt, offset) != VERDICT_NEXT || pkt->family == L3_NONE)
		return DROP_TUNNEL_MALFORMED;
	return VERDICT_NEXT;
}

static __always_inline enum verdict tunnel_check_inner(struct tunnel *tunnel,
						       const struct packet *pkt)
{
	const struct route *route = route_find(pkt->vni, &pkt->source);

	if (!route || route->kind == ROUTE_LOCAL || route->node_id != tunnel->node_id)
		return DROP_TUNNEL_INNER_SOURCE;
	tunnel->reply_only = route->flags & ROUTE_REPLY_ONLY;
	return ecn_check(pkt, tunnel->dsfield);
}

/* Reads the outer headers, checks everything, and leaves the inner packet in pkt. */
static __always_inline enum verdict vxlan_validate(ctx_t *ctx, struct packet *pkt,
						   struct tunnel *tunnel)
{
	__u32 offset = pkt->l4_offset + VXLAN_UDP_HEADER, end = pkt->l3_offset + pkt->length;
	struct vxlan vxlan;
	enum verdict v;

	if (!ctx_load(ctx, offset, &vxlan, sizeof(vxlan)) || !(vxlan.flags & VXLAN_FLAG_VNI))
		return DROP_TUNNEL_MALFORMED;
	tunnel->source = pkt->source;
	tunnel->family = pkt->family;
	tunnel->dsfield = pkt->dsfield;
	v = tunnel_check_node(tunnel);
	if (v == VERDICT_NEXT)
		v = tunnel_check_vni(vxlan_vni(&vxlan));
	if (v == VERDICT_NEXT)
		v = tunnel_parse_inner(ctx, pkt, offset + sizeof(vxlan));
	/* What lies behind the outer packet is Ethernet padding, whatever it looks like. */
	if (v == VERDICT_NEXT && pkt->l3_offset + pkt->length > end)
		v = DROP_TUNNEL_MALFORMED;
	if (v == VERDICT_NEXT)
		v = tunnel_check_inner(tunnel, pkt);
	return v;
}

/* An unassigned address of this node's pod CIDRs: the host stack, which has an unreachable route
 * there, answers "destination unreachable" (RFC 1812 4.3.3.1, RFC 4443 3.1). */
static __always_inline bool tunnel_is_unassigned_address(const struct packet *pkt)
{
	const struct route *route;

	if (pkt->endpoint)
		return false;
	route = route_find(pkt->vni, &pkt->destination);
	return route && route->kind == ROUTE_LOCAL;
}

/* The inner destination must be on this node. */
static __always_inline enum verdict tunnel_find_destination(struct packet *pkt)
{
	pkt->endpoint = endpoint_find(pkt->vni, &pkt->destination);
	if (endpoint_is(pkt->endpoint, ENDPOINT_LOCAL_POD) ||
	    endpoint_is(pkt->endpoint, ENDPOINT_LOCAL_HOST) || tunnel_is_unassigned_address(pkt))
		return VERDICT_NEXT;
	return DROP_TUNNEL_DESTINATION;
}
