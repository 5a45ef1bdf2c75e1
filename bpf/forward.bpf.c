// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Netfilter's FORWARD, after DNAT and before SNAT: flows that the host's stack forwards. */
#include "lib/ctx_netfilter.h"

#include "lib/begin.h"
#include "lib/clash.h"
#include "lib/finish.h"
#include "lib/forwarded.h"
#include "lib/underlay.h"
#include "lib/netfilter_conn.h"
#include "lib/parse_netfilter.h"
#include "lib/antispoof.h"

/* A forwarded packet with an address of this node as source is forged. The test run of heddlectl
 * trace has no ingress device. */
static __always_inline enum verdict check_device(ctx_t *ctx, const struct packet *pkt)
{
	if (pkt->ct.traced)
		return VERDICT_NEXT;
	if (endpoint_is(endpoint_find(pkt->vni, &pkt->source), ENDPOINT_LOCAL_HOST))
		return DROP_NATIVE_SOURCE;
	return underlay_check_forwarded(pkt, ctx_ingress_ifindex(ctx));
}

/* VXLAN on our port of a pod, which DNAT may have made of another port; or of any sender, towards a
 * node or by DNAT: masqueraded, it would pass there for this node's. */
static __always_inline enum verdict check_tunnel(struct bpf_nf_ctx *ctx, const struct packet *pkt)
{
	if (!vxlan_is_port(pkt))
		return VERDICT_NEXT;
	if (endpoint_is(endpoint_find(pkt->vni, &pkt->source), ENDPOINT_LOCAL_POD) ||
	    node_find(&pkt->destination) ||
	    endpoint_is_node(endpoint_find(pkt->vni, &pkt->destination)) ||
	    netfilter_is_dnat(ctx, pkt))
		return DROP_POD_TUNNEL;
	return VERDICT_NEXT;
}

/* A packet that clashes with another flow's tuple does not update that flow. */
static __always_inline enum verdict check_policy(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v = forwarded_check_policy(ctx, pkt);

	if (v != VERDICT_NEXT)
		return v == PASS_UNMANAGED ? VERDICT_NEXT : v;
	switch (CONFIG_GET(ct_insert) ? clash_find(ctx, pkt) : CLASH_NONE) {
	case CLASH_NOTED:
		return DROP_TUPLE_TAKEN;
	case CLASH_INSERTED:
		return VERDICT_NEXT;
	default:
		return forwarded_commit(ctx, pkt);
	}
}

SEC("netfilter")
int forward(struct bpf_nf_ctx *ctx)
{
	struct packet pkt = begin(ctx, HOOK_FORWARD);
	enum verdict v = parse_forwarded(ctx, &pkt);

	if (v == VERDICT_NEXT)
		v = check_device(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = check_tunnel(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = check_policy(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = host_path_matters(&pkt) ? PASS_HOST_PATH : PASS_UNMANAGED;
	return finish(&pkt, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
