// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx egress of heddle0: what the host's stack sends to remote pods. */
#include "lib/ctx_skb.h"

#include "lib/begin.h"
#include "lib/encap.h"
#include "lib/finish.h"
#include "lib/forwarded.h"
#include "lib/frame.h"
#include "lib/route.h"
#include "lib/sender.h"

/* On its way into the kernel's vxlan, from kernel_vxlan_send(). */
static __always_inline enum verdict check_key(ctx_t *ctx)
{
	struct addr remote;
	__u32 vni;

	return kernel_vxlan_get_key(ctx, &remote, &vni) ? PASS_VALIDATED_EARLIER : VERDICT_NEXT;
}

static __always_inline enum verdict find_route(struct packet *pkt)
{
	if (addr_is_multicast(&pkt->destination))
		return DROP_MULTICAST;
	pkt->route = route_find(pkt->vni, &pkt->destination);
	if (!pkt->route || pkt->route->kind != ROUTE_OVERLAY)
		return DROP_ROUTE_MISSING;
	return VERDICT_NEXT;
}

static __always_inline enum verdict check_forwarded(ctx_t *ctx, struct packet *pkt)
{
	return sender_is_node(ctx) ? VERDICT_NEXT : forwarded_verify(ctx, pkt);
}

SEC("tc")
int overlay_tx(struct __sk_buff *ctx)
{
	struct packet pkt = begin(ctx, HOOK_OVERLAY_TX);
	enum verdict v = check_key(ctx);

	if (v == VERDICT_NEXT)
		v = ctx_is_tagged(ctx) ? DROP_ETHERTYPE : parse_frame(ctx, &pkt, 0);
	if (v == VERDICT_NEXT && pkt.family == L3_NONE)
		v = DROP_ETHERTYPE;
	if (v == VERDICT_NEXT)
		v = find_route(&pkt);
	if (v == VERDICT_NEXT)
		v = check_forwarded(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = encap_send(ctx, &pkt);
	return finish(&pkt, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
