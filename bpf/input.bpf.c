// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Netfilter's LOCAL_IN, after NAT and IPVS: packets to this node itself. */
#include "lib/ctx_netfilter.h"

#include "lib/begin.h"
#include "lib/finish.h"
#include "lib/local_in.h"
#include "lib/parse_netfilter.h"

SEC("netfilter")
int input(struct bpf_nf_ctx *ctx)
{
	struct packet pkt = begin(ctx, HOOK_INPUT);
	__u32 ifindex = ctx_ingress_ifindex(ctx);
	const struct iface *iface = iface_lookup(ifindex);
	bool from_pod = iface_is(iface, IFACE_POD);
	enum verdict v = PASS_UNMANAGED;

	if (!local_in_is_from_uplink(iface, ifindex))
		v = parse_netfilter(ctx, &pkt);
	/* A packet that cannot be parsed is dropped if a pod sent it, else passed to the stack. */
	if (v != VERDICT_NEXT && !from_pod)
		v = PASS_UNMANAGED;
	pkt.iface = from_pod ? iface : NULL;
	if (v == VERDICT_NEXT)
		v = local_in_check_device(ctx, &pkt);
	if (v == VERDICT_NEXT)
		v = local_in_check(ctx, &pkt);
	return finish(&pkt, v);
}

char _license[] SEC("license") = "Dual BSD/GPL";
