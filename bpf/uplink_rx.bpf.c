// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx ingress of the uplink: what other nodes send, encapsulated or plain. */
#include "lib/ctx_skb.h"

#include "lib/begin.h"
#include "lib/cache_receive.h"
#include "lib/finish.h"
#include "lib/frame.h"
#include "lib/underlay.h"
#include "lib/receive_uplink.h"
#include "lib/vlan.h"

/* Whether the stack would deliver the packet to a pod or to this node. */
static __always_inline bool is_for_this_node(const struct packet *pkt)
{
	const struct endpoint *endpoint = endpoint_find(pkt->vni, &pkt->destination);

	return endpoint_is(endpoint, ENDPOINT_LOCAL_POD) ||
	       endpoint_is(endpoint, ENDPOINT_LOCAL_HOST);
}

/* An IP packet that cannot be read as far as its ports skips policy and the tunnel's checks: it is
 * dropped if it is for this node, or not even its addresses can be read. */
static __always_inline enum verdict reject_unreadable(ctx_t *ctx, const struct packet *pkt,
						      enum verdict failure)
{
	enum verdict v;

	if (pkt->family == L3_NONE)
		return failure == DROP_ETHERTYPE ? PASS_UNMANAGED : failure;
	v = underlay_antispoof(pkt, ctx->ifindex);
	if (v != VERDICT_NEXT && v != PASS_UNMANAGED)
		return v;
	return is_for_this_node(pkt) ? failure : PASS_UNMANAGED;
}

/* Not for this node or not IP: passed to the stack. A link-layer broadcast is not redirected but
 * passed, too; since the stack accepts it, its source is checked. */
static __always_inline enum verdict parse(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v;

	if (ctx->pkt_type == PACKET_OTHERHOST)
		return PASS_UNMANAGED;
	v = vlan_pop_priority(ctx);
	if (v != VERDICT_NEXT)
		return v;
	if (ctx_is_tagged(ctx))
		return PASS_UNMANAGED;
	v = parse_frame(ctx, pkt, 0);
	if (v != VERDICT_NEXT)
		return reject_unreadable(ctx, pkt, v);
	if (pkt->family == L3_NONE)
		return PASS_UNMANAGED;
	if (ctx->pkt_type == PACKET_HOST)
		return VERDICT_NEXT;
	v = underlay_antispoof(pkt, ctx->ifindex);
	return v == VERDICT_NEXT ? PASS_UNMANAGED : v;
}

static __always_inline enum verdict take_tunnel(ctx_t *ctx, struct packet *pkt)
{
	struct tunnel tunnel = {};
	enum verdict v = vxlan_validate(ctx, pkt, &tunnel);

	if (v == VERDICT_NEXT)
		v = fragment_find_ports(pkt);
	if (v == VERDICT_NEXT)
		v = ct_lookup(ctx, pkt);
	if (v == VERDICT_NEXT)
		v = tunnel_find_destination(pkt);
	if (v == VERDICT_NEXT) {
		receive_record_tunnel(pkt, &tunnel);
		v = receive_check(pkt);
	}
	if (v == VERDICT_NEXT)
		v = receive_tunnel(ctx, pkt, &tunnel);
	return v;
}

static __always_inline enum verdict take_native(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v = underlay_antispoof(pkt, ctx->ifindex);

	if (v == VERDICT_NEXT)
		v = fragment_find_ports(pkt);
	if (v == VERDICT_NEXT)
		v = ct_lookup(ctx, pkt);
	if (v == VERDICT_NEXT)
		v = receive_native(ctx, pkt);
	return v;
}

static __always_inline int uplink_rx_stages(ctx_t *ctx)
{
	struct packet pkt = begin(ctx, HOOK_UPLINK_RX);
	enum verdict v = parse(ctx, &pkt);

	if (v == VERDICT_NEXT)
		v = tunnel_is_ours(&pkt) ? take_tunnel(ctx, &pkt) : take_native(ctx, &pkt);
	return finish(&pkt, v);
}

SEC("tc")
int uplink_rx(struct __sk_buff *ctx)
{
	int action = CONFIG_GET(flow_cache) ? cache_receive(ctx) : CACHE_MISS;

	return action == CACHE_MISS ? uplink_rx_stages(ctx) : action;
}

char _license[] SEC("license") = "Dual BSD/GPL";
