// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A flow table translates and sends packets by itself: they do not carry netfilter's entry, and
 * show the tuple after NAT. The entry is looked up by that. */
#pragma once

#include "lib/netfilter_conn.h"
#include "lib/netfilter_kfuncs.h"

/* What answers the packet as it leaves: of its tuple, netfilter has the reverse. */
static __always_inline struct nf_conn___known *
netfilter_find_answered(struct __sk_buff *ctx, const struct packet *pkt, struct bpf_ct_opts *opts)
{
	struct bpf_sock_tuple tuple = {};

	if (pkt->family == L3_IPV4) {
		tuple.ipv4.saddr = pkt->destination.words[3];
		tuple.ipv4.daddr = pkt->source.words[3];
		tuple.ipv4.sport = pkt->destination_port;
		tuple.ipv4.dport = pkt->source_port;
		return bpf_skb_ct_lookup(ctx, &tuple, sizeof(tuple.ipv4), opts, sizeof(*opts));
	}
	__builtin_memcpy(tuple.ipv6.saddr, &pkt->destination, sizeof(tuple.ipv6.saddr));
	__builtin_memcpy(tuple.ipv6.daddr, &pkt->source, sizeof(tuple.ipv6.daddr));
	tuple.ipv6.sport = pkt->destination_port;
	tuple.ipv6.dport = pkt->source_port;
	return bpf_skb_ct_lookup(ctx, &tuple, sizeof(tuple.ipv6), opts, sizeof(*opts));
}

/* Sets the key to the tuple that the packet's connection had in FORWARD, in the packet's direction.
 * False: netfilter has no entry of it, or cannot be asked. */
static __noinline bool netfilter_find_forward_tuple(struct __sk_buff *ctx, struct packet *pkt)
{
	struct bpf_ct_opts opts = { .netns_id = NETFILTER_THIS_NETNS, .l4proto = pkt->protocol };
	struct nf_conn___known *conn;
	unsigned long entry;

	if (!CONFIG_GET(ct_insert) || !bpf_core_field_exists(struct nf_conn, tuplehash) ||
	    (pkt->protocol != IPPROTO_TCP && pkt->protocol != IPPROTO_UDP))
		return false;
	conn = netfilter_find_answered(ctx, pkt, &opts);
	if (!conn)
		return false;
	entry = (unsigned long)conn;
	netfilter_set_forward_tuple(pkt, netfilter_entry_tuple(entry, NF_CT_DIR_ORIGINAL),
				    netfilter_entry_tuple(entry, NF_CT_DIR_REPLY));
	if (opts.dir == NF_CT_DIR_ORIGINAL)
		flow_reverse(&pkt->ct.key);
	bpf_ct_release(conn);
	return true;
}
