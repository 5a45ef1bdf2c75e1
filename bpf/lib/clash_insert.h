// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Inserts a redirected flow into netfilter's conntrack when another flow clashes with it (clash.h).
 */
#pragma once

#include "abi/config.h"
#include "lib/conntrack.h"
#include "lib/netfilter_kfuncs.h"

enum {
	/* Until netfilter has chosen another port for the clashing flow; the next clash inserts
	 * again. */
	CLASH_KNOWN_MS = 30000,
};

struct nf_conn___init {
	unsigned long status;
};

extern struct nf_conn___init *bpf_skb_ct_alloc(struct __sk_buff *ctx, struct bpf_sock_tuple *tuple,
					       __u32 tuple_size, struct bpf_ct_opts *opts,
					       __u32 opts_size) __ksym __weak;
extern struct nf_conn___known *bpf_ct_insert_entry(struct nf_conn___init *conn) __ksym __weak;
extern void bpf_ct_set_timeout(struct nf_conn___init *conn, __u32 timeout_ms) __ksym __weak;

static __always_inline __u32 clash_tuple(struct bpf_sock_tuple *tuple, const struct addr *source,
					 __be16 source_port, const struct ct_entry *entry)
{
	if (addr_is_ipv4(source)) {
		tuple->ipv4.saddr = source->words[3];
		tuple->ipv4.daddr = entry->backend.words[3];
		tuple->ipv4.sport = source_port;
		tuple->ipv4.dport = entry->backend_port;
		return sizeof(tuple->ipv4);
	}
	__builtin_memcpy(tuple->ipv6.saddr, source, sizeof(tuple->ipv6.saddr));
	__builtin_memcpy(tuple->ipv6.daddr, &entry->backend, sizeof(tuple->ipv6.daddr));
	tuple->ipv6.sport = source_port;
	tuple->ipv6.dport = entry->backend_port;
	return sizeof(tuple->ipv6);
}

/* By the next packet of the DNATed flow, also if netfilter has an entry already. */
static __noinline int clash_insert(struct __sk_buff *ctx, const struct ct_state *ct)
{
	struct bpf_ct_opts opts = { .netns_id = NETFILTER_THIS_NETNS, .l4proto = ct->key.protocol };
	const struct addr *source = ct->key_reversed ? &ct->key.destination : &ct->key.source;
	__be16 source_port = ct->key_reversed ? ct->key.destination_port : ct->key.source_port;
	struct bpf_sock_tuple tuple = {};
	struct nf_conn___init *conn;
	struct ct_entry *entry;
	struct nf_conn___known *inserted;
	struct flow key = ct->key; /* ct_key() says why */

	entry = bpf_map_lookup_elem(&hd_ct_unassured, &key);
	if (!entry)
		return 0;
	if (clash_tuple(&tuple, source, source_port, entry) == sizeof(tuple.ipv4))
		conn = bpf_skb_ct_alloc(ctx, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts));
	else
		conn = bpf_skb_ct_alloc(ctx, &tuple, sizeof(tuple.ipv6), &opts, sizeof(opts));
	if (!conn)
		return 0;
	bpf_ct_set_timeout(conn, CLASH_KNOWN_MS);
	inserted = bpf_ct_insert_entry(conn);
	if (inserted)
		bpf_ct_release(inserted);
	__sync_fetch_and_or(&entry->flags, CT_CLASH_INSERTED);
	return 1;
}

static __always_inline void clash_insert_once(ctx_t *ctx, const struct packet *pkt)
{
	if (CONFIG_GET(ct_insert) && (pkt->ct.flags & CT_CLASH) &&
	    !(pkt->ct.flags & CT_CLASH_INSERTED) && !pkt->ct.traced)
		clash_insert(ctx, &pkt->ct);
}
