// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx ingress of heddle0: what the kernel decapsulated because uplink_rx did not see it whole, and
 * what uplink_rx itself handed over. */
#include "lib/ctx_skb.h"

#include "lib/finish.h"
#include "lib/kernel_vxlan.h"
#include "lib/receive.h"

/* Only frames that the kernel decapsulated have a tunnel key; the others were checked before. The
 * kernel has carried the congestion mark inwards. */
static __always_inline enum verdict admit(ctx_t *ctx, struct packet *pkt, struct tunnel *tunnel)
{
	enum verdict v;

	if (!kernel_vxlan_get_key(ctx, &tunnel->source, &tunnel->segment))
		return PASS_CHECKED;
	v = tunnel_check_node(tunnel);
	if (v == VERDICT_NEXT)
		v = tunnel_parse_inner(ctx, pkt, 0);
	if (v == VERDICT_NEXT)
		v = tunnel_check_inner(tunnel, pkt);
	return v;
}

SEC("tc")
int overlay_rx(struct __sk_buff *ctx)
{
	struct packet pkt = { .bytes = ctx_length(ctx) };
	struct tunnel tunnel = {};
	enum verdict v = admit(ctx, &pkt, &tunnel);

	if (v == VERDICT_NEXT)
		v = fragment_find_ports(&pkt);
	if (v == VERDICT_NEXT)
		v = conntrack_lookup(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = tunnel_find_destination(&pkt);
	if (v == VERDICT_NEXT)
		v = receive_remember(ctx, &pkt, &tunnel);
	if (v == VERDICT_NEXT)
		v = receive_decapsulated(ctx, &pkt, &tunnel);
	return finish(&pkt, HOOK_OVERLAY_RX, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
