// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx egress of a pod's host-side veth: what the host's own stack hands to a pod. */
#include "lib/ctx_skb.h"

#include "lib/begin.h"
#include "lib/finish.h"
#include "lib/forwarded.h"
#include "lib/frame.h"
#include "lib/sender.h"
#include "lib/service_restore.h"
#include "lib/underlay.h"

/* Only what this node itself sends has a socket and came in by no device. */
static __always_inline bool is_from_node(ctx_t *ctx)
{
	return ctx->ingress_ifindex == 0 && ctx->sk;
}

/* Policy never refuses a node to its own pods; the flow is created for their replies. */
static __always_inline enum verdict take_own(ctx_t *ctx, struct packet *pkt)
{
	fragment_find_ports(pkt);
	ct_lookup(ctx, pkt);
	ct_update(&pkt->ct, pkt->ct.state == FLOW_NEW ? CT_FROM_NODE : 0);
	return PASS_POD;
}

/* A firewall rule of this node rejects the pod's connection (`reject with tcp reset`): the kernel
 * makes the RST, without a socket. A packet that came in by a device has that device's index. */
static __always_inline bool is_reset_by_node(ctx_t *ctx, const struct packet *pkt)
{
	return sender_is_node(ctx) && (pkt->ct.tcp_events & TRANSPORT_RESETS);
}

static __always_inline enum verdict take_reset(ctx_t *ctx, struct packet *pkt)
{
	ct_lookup(ctx, pkt);
	if (pkt->ct.state == FLOW_FOUND)
		ct_update(&pkt->ct, 0);
	return PASS_POD;
}

/* Forwarded with the node's own address as source. A pod's request to itself through a Service
 * comes from the pod's own device: policy does not apply. */
static __always_inline bool is_masqueraded(ctx_t *ctx, const struct packet *pkt)
{
	return ctx->ingress_ifindex && ctx->ingress_ifindex != ctx->ifindex &&
	       endpoint_is(endpoint_find(pkt->vni, &pkt->source), ENDPOINT_LOCAL_HOST);
}

/* The forward hook has checked it, by the addresses before SNAT; this verifies that. */
static __always_inline enum verdict take_forwarded(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v = VERDICT_NEXT;

	/* Of a fragment that has lost its device, FORWARD has checked the whole. */
	if (ctx->ingress_ifindex || sender_is_node(ctx))
		v = underlay_check_forwarded(pkt, ctx->ingress_ifindex);
	if (!CONFIG_GET(forward_hook) && is_masqueraded(ctx, pkt))
		pkt->ct.scope = SCOPE_MASQUERADED;
	if (v == VERDICT_NEXT)
		v = forwarded_verify(ctx, pkt);
	return v == VERDICT_NEXT ? PASS_POD : v;
}

/* A parse failure skips policy, so the packet is dropped. ARP has no policy. */
static __always_inline enum verdict take(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v = ctx_is_tagged(ctx) ? DROP_ETHERTYPE : parse_frame(ctx, pkt, 0);

	if (v != VERDICT_NEXT)
		return v;
	if (pkt->family == L3_NONE)
		return PASS_POD;
	if (is_from_node(ctx))
		return take_own(ctx, pkt);
	if (is_reset_by_node(ctx, pkt))
		return take_reset(ctx, pkt);
	return take_forwarded(ctx, pkt);
}

SEC("tc")
int pod_rx(struct __sk_buff *ctx)
{
	struct packet pkt = begin(ctx, HOOK_POD_RX);
	enum verdict v = take(ctx, &pkt);

	if (v == PASS_POD)
		service_restore(ctx, &pkt);
	return finish(&pkt, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
