// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx ingress of heddle0: what the kernel decapsulated because uplink_rx did not see it whole, and
 * what uplink_rx itself handed over. */
#include "lib/ctx_skb.h"

#include "lib/begin.h"
#include "lib/finish.h"
#include "lib/kernel_vxlan.h"
#include "lib/receive.h"

/* The kernel has carried the congestion mark inwards. The stages after the tunnel's own are those
 * of take_tunnel() in uplink_rx: a hook lists its stages itself. */
static __always_inline enum verdict take_decapsulated(ctx_t *ctx, struct packet *pkt,
						      struct tunnel *tunnel, __u32 vni)
{
	enum verdict v = tunnel_check_node(tunnel);

	if (v == VERDICT_NEXT)
		v = tunnel_check_vni(vni);
	/* RFC 7348 section 6.1: inner tags are discarded. In uplink_rx one is an ethertype. */
	if (v == VERDICT_NEXT)
		v = ctx_is_tagged(ctx) ? DROP_TUNNEL_MALFORMED : tunnel_parse_inner(ctx, pkt, 0);
	if (v == VERDICT_NEXT)
		v = tunnel_check_inner(tunnel, pkt);
	if (v == VERDICT_NEXT)
		v = fragment_find_ports(pkt);
	if (v == VERDICT_NEXT)
		v = ct_lookup(ctx, pkt);
	if (v == VERDICT_NEXT)
		v = tunnel_find_destination(pkt);
	if (v == VERDICT_NEXT) {
		receive_record_tunnel(pkt, tunnel);
		v = receive_check(pkt);
	}
	if (v == VERDICT_NEXT)
		v = receive_decapsulated(ctx, pkt, tunnel);
	return v;
}

/* Validated by uplink_rx; before 6.3 it sends packets through this device where the family changes.
 */
static __always_inline enum verdict take_checked(ctx_t *ctx, struct packet *pkt)
{
	if (CONFIG_GET(decap_l3_flags) || tunnel_parse_inner(ctx, pkt, 0) != VERDICT_NEXT)
		return PASS_VALIDATED_EARLIER;
	fragment_find_ports(pkt);
	ct_lookup(ctx, pkt);
	return receive_handed_over(ctx, pkt);
}

SEC("tc")
int overlay_rx(struct __sk_buff *ctx)
{
	struct packet pkt = begin(ctx, HOOK_OVERLAY_RX);
	struct tunnel tunnel = {};
	enum verdict v;
	__u32 vni = 0;

	/* Only frames that the kernel decapsulated have a tunnel key. */
	if (kernel_vxlan_get_key(ctx, &tunnel.source, &vni))
		v = take_decapsulated(ctx, &pkt, &tunnel, vni);
	else
		v = take_checked(ctx, &pkt);
	return finish(&pkt, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
