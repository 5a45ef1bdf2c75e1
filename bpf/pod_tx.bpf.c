// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx ingress of a pod's host-side veth: everything a pod sends. */
#include "lib/ctx_skb.h"

#include "abi/export.h"
#include "lib/arp.h"
#include "lib/conntrack.h"
#include "lib/finish.h"
#include "lib/fragment.h"
#include "lib/neighbour.h"
#include "lib/parse_ipv6.h"
#include "lib/port.h"
#include "lib/send.h"
#include "lib/source.h"

/* The pod's own: its MAC, its addresses, its neighbours, and no tunnel to a node. */
static __always_inline enum verdict check_source(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v = source_check_mac(pkt);

	if (v == VERDICT_NEXT)
		v = arp_answer(ctx, pkt);
	if (v == VERDICT_NEXT)
		v = nd_answer(ctx, pkt);
	if (v == VERDICT_NEXT)
		v = source_check_destination(pkt);
	if (v == VERDICT_NEXT)
		v = source_check_address(pkt);
	if (v == VERDICT_NEXT)
		v = fragment_find_ports(pkt);
	if (v == VERDICT_NEXT)
		v = source_check_tunnel(pkt);
	return v;
}

SEC("tc")
int pod_tx(struct __sk_buff *ctx)
{
	struct packet pkt = { .bytes = ctx_length(ctx) };
	enum verdict v = port_find(ctx, &pkt);

	if (v == VERDICT_NEXT)
		v = ctx_is_tagged(ctx) ? DROP_ETHERTYPE : parse_frame(ctx, &pkt, 0);
	if (v == VERDICT_NEXT)
		v = check_source(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = conntrack_lookup(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = send_find_route(&pkt);
	if (v == VERDICT_NEXT)
		v = send_packet(ctx, &pkt);
	return finish(&pkt, HOOK_POD_TX, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
