// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A route's encapsulation (lwtunnel): puts packets into packets of this node, behind netfilter. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum {
	OWN_IPV4 = 0xc0000201,	 /* 192.0.2.1, and the tunnel's other end */
	OTHER_IPV4 = 0xc0000202, /* 192.0.2.2 */
};

static __always_inline long wrap_ipv4(struct __sk_buff *ctx)
{
	struct iphdr outer = {
		.version = 4,
		.ihl = 5,
		.ttl = 64,
		.protocol = IPPROTO_IPIP,
		.tot_len = bpf_htons(ctx->len + sizeof(outer)),
		.saddr = bpf_htonl(OWN_IPV4),
		.daddr = bpf_htonl(OTHER_IPV4),
	};

	return bpf_lwt_push_encap(ctx, BPF_LWT_ENCAP_IP, &outer, sizeof(outer));
}

static __always_inline long wrap_ipv6(struct __sk_buff *ctx)
{
	struct ipv6hdr outer = {
		.version = 6,
		.hop_limit = 64,
		.nexthdr = IPPROTO_IPV6,
		.payload_len = bpf_htons(ctx->len),
	};

	/* 2001:db8::1 and 2001:db8::2 */
	outer.saddr.s6_addr32[0] = outer.daddr.s6_addr32[0] = bpf_htonl(0x20010db8);
	outer.saddr.s6_addr32[3] = bpf_htonl(1);
	outer.daddr.s6_addr32[3] = bpf_htonl(2);
	return bpf_lwt_push_encap(ctx, BPF_LWT_ENCAP_IP, &outer, sizeof(outer));
}

SEC("lwt_xmit")
int wrap(struct __sk_buff *ctx)
{
	long error = ctx->protocol == bpf_htons(ETH_P_IP) ? wrap_ipv4(ctx) : wrap_ipv6(ctx);

	return error ? BPF_DROP : BPF_OK;
}
