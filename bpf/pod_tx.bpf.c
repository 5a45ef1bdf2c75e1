// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx ingress of a pod's host-side veth: everything a pod sends. */
#include "lib/ctx_skb.h"

#include "abi/export.h"
#include "lib/arp.h"
#include "lib/begin.h"
#include "lib/cache_send.h"
#include "lib/clash_insert.h"
#include "lib/ct_update.h"
#include "lib/finish.h"
#include "lib/fragment.h"
#include "lib/frame.h"
#include "lib/iface.h"
#include "lib/neighbour.h"
#include "lib/rule_name.h"
#include "lib/send.h"
#include "lib/service_send.h"
#include "lib/antispoof.h"
#include "lib/vlan.h"

/* Source MAC and address, ARP, ND, destination, and no VXLAN to a node. */
static __always_inline enum verdict check_antispoof(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v = antispoof_mac(pkt);

	if (v == VERDICT_NEXT)
		v = arp_answer(ctx, pkt);
	if (v == VERDICT_NEXT)
		v = nd_answer(ctx, pkt);
	if (v == VERDICT_NEXT)
		v = antispoof_destination(pkt);
	if (v == VERDICT_NEXT)
		v = antispoof_address(pkt);
	if (v == VERDICT_NEXT)
		v = fragment_find_ports(pkt);
	if (v == VERDICT_NEXT)
		v = antispoof_tunnel(pkt);
	return v;
}

/* The flow is created before the packet leaves, also if the host stack forwards it. */
static __always_inline enum verdict take_checked(ctx_t *ctx, struct packet *pkt)
{
	const struct endpoint *destination;
	enum verdict fwd_decision, v;

	ct_lookup(ctx, pkt);
	destination = endpoint_find(pkt->vni, &pkt->destination);
	if (service_is_asked(pkt, destination)) {
		v = service_send(ctx, pkt);
		if (v != VERDICT_NEXT)
			return v;
		destination = endpoint_find(pkt->vni, &pkt->destination);
	}
	fwd_decision = forward_lookup(pkt, destination);
	v = send_check(pkt, fwd_decision);
	if (v == VERDICT_NEXT)
		v = ct_update(&pkt->ct, 0);
	if (v == VERDICT_NEXT && pkt->ct.translated)
		service_commit(&pkt->ct);
	if (fwd_decision != VERDICT_NEXT)
		clash_insert_once(ctx, pkt);
	if (v != VERDICT_NEXT)
		return v;
	if (fwd_decision != VERDICT_NEXT)
		return fwd_decision;
	send_cache(ctx, pkt);
	return send_packet(ctx, pkt);
}

static __always_inline int pod_tx_stages(ctx_t *ctx)
{
	struct packet pkt = begin(ctx, HOOK_POD_TX);
	enum verdict v = iface_find_pod(ctx, &pkt);

	ctx_unmark_sent(ctx);
	if (v == VERDICT_NEXT)
		v = vlan_pop_priority(ctx);
	if (v == VERDICT_NEXT)
		v = ctx_is_tagged(ctx) ? DROP_ETHERTYPE : parse_frame(ctx, &pkt, 0);
	if (v == VERDICT_NEXT)
		v = check_antispoof(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = take_checked(ctx, &pkt);
	return finish(&pkt, v);
}

SEC("tc")
int pod_tx(struct __sk_buff *ctx)
{
	int action = CONFIG_GET(flow_cache) ? cache_send(ctx) : CACHE_MISS;

	return action == CACHE_MISS ? pod_tx_stages(ctx) : action;
}

char _license[] SEC("license") = "Dual BSD/GPL";
