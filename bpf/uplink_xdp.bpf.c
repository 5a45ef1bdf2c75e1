// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* XDP of the uplink, optional: the tunnel check before an skb exists. Delivery is uplink_rx's. */
#include "lib/ctx_xdp.h"

#include "lib/finish.h"
#include "lib/parse_ipv6.h"
#include "lib/tunnel.h"

SEC("xdp")
int uplink_xdp(struct xdp_md *ctx)
{
	struct packet pkt = { .bytes = ctx_length(ctx), .segment = CONFIG_GET(segment) };
	struct tunnel tunnel = {};
	enum verdict v = PASS_FOREIGN;

	if (parse_frame(ctx, &pkt, 0) == VERDICT_NEXT && tunnel_is_ours(&pkt))
		v = tunnel_admit(ctx, &pkt, &tunnel);
	if (v == VERDICT_NEXT)
		v = PASS_ADMITTED;
	return finish(&pkt, HOOK_UPLINK_XDP, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
