// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* XDP of the uplink, optional: validates tunnel packets, and drops what every pod refuses, before
 * an skb is allocated. uplink_rx redirects. */
#include "lib/ctx_xdp.h"

#include "lib/policy_check.h"
#include "lib/begin.h"
#include "lib/finish.h"
#include "lib/frame.h"
#include "lib/xdp_unknown_vtep.h"
#include "lib/tunnel.h"

/* Drops what uplink_rx or the forward hook would drop for the same rule: a new flow to a pod from
 * where no pod takes any. */
static __always_inline enum verdict check_every_pod(ctx_t *ctx, struct packet *pkt)
{
	struct policy_query query = {
		.bank = control_bank(&pkt->ct),
		.vni = pkt->vni,
		.pod_id = policy_pod_id(endpoint_find(pkt->vni, &pkt->destination)),
		.direction = POLICY_INGRESS,
		.peer = pkt->source,
		.protocol = pkt->protocol,
		.port = pkt->destination_port,
	};

	if (query.pod_id == NO_POD_ID || pkt->fragment != FRAGMENT_WHOLE || flow_is_icmp_error(pkt))
		return VERDICT_NEXT;
	ct_lookup(ctx, pkt);
	if (pkt->ct.state == FLOW_FOUND)
		return VERDICT_NEXT;
	policy_lookup(&query);
	if (query.verdict.action != POLICY_DENY || !(query.verdict.flags & RULE_EVERY_POD))
		return VERDICT_NEXT;
	pkt->ct.rule = query.verdict.rule;
	return DROP_POLICY_INGRESS;
}

static __always_inline enum verdict take(ctx_t *ctx, struct packet *pkt)
{
	struct tunnel tunnel = {};
	enum verdict v = VERDICT_NEXT;
	bool ours;

	if (parse_frame(ctx, pkt, 0) != VERDICT_NEXT || pkt->family == L3_NONE)
		return PASS_UNMANAGED;
	ours = tunnel_is_ours(pkt);
	if (ours)
		v = vxlan_validate(ctx, pkt, &tunnel);
	if (v == VERDICT_NEXT)
		v = check_every_pod(ctx, pkt);
	if (v == VERDICT_NEXT)
		v = ours ? PASS_VALIDATED_TUNNEL : PASS_UNMANAGED;
	return v;
}

SEC("xdp")
int uplink_xdp(struct xdp_md *ctx)
{
	struct packet pkt;

	if (unknown_vtep_is_refused(ctx)) {
		metrics_count(HOOK_UPLINK_XDP, DROP_TUNNEL_SOURCE, ctx_length(ctx));
		return ACTION_DROP;
	}
	pkt = begin(ctx, HOOK_UPLINK_XDP);
	return finish(&pkt, take(ctx, &pkt));
}

char _license[] SEC("license") = "Dual BSD/GPL";
