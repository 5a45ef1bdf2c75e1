// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx egress of the uplink: what leaves the node, whatever way it took to get here. */
#include "lib/ctx_skb.h"

#include "lib/begin.h"
#include "lib/finish.h"
#include "lib/forwarded.h"
#include "lib/frame.h"
#include "lib/iface.h"
#include "lib/metrics.h"
#include "lib/netfilter_lookup.h"
#include "lib/sender.h"
#include "lib/vlan.h"

/* VERDICT_NEXT: others forward it. Before Linux 6.4 pod_tx checks all that a pod sends. */
static __always_inline enum verdict skip_checked(ctx_t *ctx)
{
	if (!CONFIG_GET(forward_hook) || sender_is_node(ctx))
		return PASS_UNMANAGED;
	if (!ctx_is_sent(ctx))
		return VERDICT_NEXT;
	ctx_unmark_sent(ctx);
	return PASS_VALIDATED_EARLIER;
}

/* A packet that no rule could be applied to. What is not IP was made by this node, which carries
 * pods' packets in it: pods send nothing else. */
static __always_inline enum verdict judge_unreadable(const struct packet *pkt, enum verdict v)
{
	if (v == DROP_ETHERTYPE)
		return PASS_UNMANAGED;
	if (pkt->iface || endpoint_has_local_pod(pkt->vni, &pkt->source, &pkt->destination))
		return v;
	return PASS_UNMANAGED;
}

/* What others send into a VLAN, bridged virtual machines above all, may have the addresses of this
 * node's pods there. The stack has asked FORWARD and postrouting at the VLAN's own device. */
static __always_inline enum verdict parse_leaving(ctx_t *ctx, struct packet *pkt)
{
	const struct iface *ingress = iface_lookup(ctx->ingress_ifindex);
	enum verdict v;

	if (iface_is(ingress, IFACE_POD))
		pkt->iface = ingress;
	else if (vlan_is_other(ctx))
		return PASS_UNMANAGED;
	v = parse_frame(ctx, pkt, vlan_length(ctx));
	if (v != VERDICT_NEXT)
		return judge_unreadable(pkt, v);
	return pkt->family == L3_NONE ? PASS_UNMANAGED : VERDICT_NEXT;
}

/* The tuple that policy knows. A packet that carries no entry of netfilter's, and whose source is
 * no pod's any more, was masqueraded by a flow table. */
static __always_inline bool find_tuple(ctx_t *ctx, struct packet *pkt)
{
	if (netfilter_forward_tuple(ctx, pkt))
		return true;
	return pkt->iface &&
	       !endpoint_is(endpoint_find(pkt->vni, &pkt->source), ENDPOINT_LOCAL_POD) &&
	       netfilter_find_forward_tuple(ctx, pkt);
}

static __always_inline int uplink_tx_stages(ctx_t *ctx)
{
	struct packet pkt = begin(ctx, HOOK_UPLINK_TX);
	enum verdict v = parse_leaving(ctx, &pkt);

	if (v == VERDICT_NEXT)
		v = forwarded_verify_by(ctx, &pkt, find_tuple(ctx, &pkt));
	return finish(&pkt, v == VERDICT_NEXT ? PASS_UNMANAGED : v);
}

SEC("tc")
int uplink_tx(struct __sk_buff *ctx)
{
	enum verdict v = skip_checked(ctx);

	if (v == VERDICT_NEXT)
		return uplink_tx_stages(ctx);
	metrics_count(HOOK_UPLINK_TX, v, ctx_length(ctx));
	return ACTION_NEXT;
}

char _license[] SEC("license") = "Dual BSD/GPL";
