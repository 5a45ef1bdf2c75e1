// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* netfilter's own conntrack entry of a packet (skb->_nfct): which ends the connection had before
 * netfilter changed them. */
#pragma once

#include <linux/netfilter.h>
#include <bpf/bpf_core_read.h>

#include "lib/flow.h"

/* include/uapi/linux/netfilter/nf_conntrack_tuple_common.h: the direction of a packet. */
enum {
	NF_CT_DIR_ORIGINAL,
	NF_CT_DIR_REPLY,
	NF_CT_INFO_MASK = 7, /* the low bits of skb->_nfct: enum ip_conntrack_info */
	NF_CT_INFO_NEW = 2,
	NF_CT_INFO_IS_REPLY = 3,
	NF_CT_INFO_UNTRACKED = 7,
};

/* The kernel's types, as far as they are needed; offsets are relocated at load. */
struct nf_conntrack_man {
	union nf_inet_addr u3;
	union {
		__be16 all;
	} u;
	__u16 l3num;
} __attribute__((preserve_access_index));

struct nf_conntrack_tuple {
	struct nf_conntrack_man src;
	struct {
		union nf_inet_addr u3;
		union {
			__be16 all;
		} u;
		__u8 protonum;
	} dst;
} __attribute__((preserve_access_index));

struct nf_conntrack_tuple_hash {
	struct nf_conntrack_tuple tuple;
} __attribute__((preserve_access_index));

struct nf_conn {
	struct nf_conntrack_tuple_hash tuplehash[2];
} __attribute__((preserve_access_index));

/* Since 6.2; called only where forward_hook says that it is there. */
extern void *bpf_rdonly_cast(const void *object, __u32 btf_id) __ksym __weak;

/* The tuple of one direction in the entry at that address. The entry's struct has a namesake
 * (nf_conn___init) that a relocation of its type could mean too: the cast is to the type of its
 * member. */
static __always_inline const struct nf_conntrack_tuple *netfilter_entry_tuple(unsigned long entry,
									      __u32 direction)
{
	const struct nf_conntrack_tuple_hash *hash;

	entry += bpf_core_field_offset(struct nf_conn, tuplehash) +
		 direction * bpf_core_type_size(struct nf_conntrack_tuple_hash);
	hash = bpf_rdonly_cast((const void *)entry,
			       bpf_core_type_id_kernel(struct nf_conntrack_tuple_hash));
	return &hash->tuple;
}

/* NULL for a packet that netfilter does not track. */
static __always_inline const struct nf_conntrack_tuple *netfilter_tuple(ctx_t *ctx, __u32 direction)
{
	unsigned long nfct = ctx_nfct(ctx);

	if (!bpf_core_field_exists(struct nf_conn, tuplehash) ||
	    !(nfct & ~(__u64)NF_CT_INFO_MASK) || (nfct & NF_CT_INFO_MASK) == NF_CT_INFO_UNTRACKED)
		return NULL;
	return netfilter_entry_tuple(nfct & ~(__u64)NF_CT_INFO_MASK, direction);
}

/* Whether the packet goes against the direction in which the connection was opened. */
static __always_inline bool netfilter_is_reply(ctx_t *ctx)
{
	__u32 info = ctx_nfct(ctx) & NF_CT_INFO_MASK;

	return info >= NF_CT_INFO_IS_REPLY && info != NF_CT_INFO_UNTRACKED;
}

/* IP_CT_ESTABLISHED_REPLY: a reply itself, not an ICMP error that quotes one (IP_CT_RELATED_REPLY),
 * which may come from any host. */
static __always_inline bool netfilter_is_established_reply(ctx_t *ctx)
{
	return (ctx_nfct(ctx) & NF_CT_INFO_MASK) == NF_CT_INFO_IS_REPLY;
}

static __always_inline void netfilter_set_addr(const struct packet *pkt, struct addr *to,
					       const union nf_inet_addr *from)
{
	if (pkt->family == L3_IPV4) {
		addr_set_ipv4(to, from->all[0]);
		return;
	}
	for (int i = 0; i < 4; i++)
		to->words[i] = from->all[i];
}

/* Whether the packet is the first one of its connection. */
static __always_inline bool netfilter_is_new(ctx_t *ctx)
{
	return (ctx_nfct(ctx) & NF_CT_INFO_MASK) == NF_CT_INFO_NEW &&
	       netfilter_tuple(ctx, NF_CT_DIR_ORIGINAL);
}

/* Whether netfilter's entry leads elsewhere than was asked, in either direction. */
static __always_inline bool netfilter_has_dnat(ctx_t *ctx, const struct packet *pkt)
{
	const struct nf_conntrack_tuple *original = netfilter_tuple(ctx, NF_CT_DIR_ORIGINAL);
	const struct nf_conntrack_tuple *reply = netfilter_tuple(ctx, NF_CT_DIR_REPLY);
	struct addr asked = {}, backend = {};

	if (!original || !reply)
		return false;
	netfilter_set_addr(pkt, &asked, &original->dst.u3);
	netfilter_set_addr(pkt, &backend, &reply->src.u3);
	return !addr_equal(&asked, &backend) || original->dst.u.all != reply->src.u.all;
}

/* The tuple that the connection began with; false for a packet that netfilter does not track. */
static __always_inline bool netfilter_original_tuple(ctx_t *ctx, const struct packet *pkt,
						     struct flow *flow)
{
	const struct nf_conntrack_tuple *original = netfilter_tuple(ctx, NF_CT_DIR_ORIGINAL);

	if (!original)
		return false;
	flow->vni = pkt->vni;
	flow->protocol = original->dst.protonum;
	netfilter_set_addr(pkt, &flow->source, &original->src.u3);
	netfilter_set_addr(pkt, &flow->destination, &original->dst.u3);
	flow->source_port = original->src.u.all;
	flow->destination_port = original->dst.u.all;
	return true;
}

/* Whether the packet asks for another address or port than netfilter's entry began with. */
static __always_inline bool netfilter_is_dnat(ctx_t *ctx, const struct packet *pkt)
{
	const struct nf_conntrack_tuple *tuple;
	struct addr asked = {};

	if (netfilter_is_reply(ctx))
		return false;
	tuple = netfilter_tuple(ctx, NF_CT_DIR_ORIGINAL);
	if (!tuple)
		return false;
	netfilter_set_addr(pkt, &asked, &tuple->dst.u3);
	return !addr_equal(&asked, &pkt->destination) || tuple->dst.u.all != pkt->destination_port;
}

static __always_inline void netfilter_set_forward_tuple(struct packet *pkt,
							const struct nf_conntrack_tuple *original,
							const struct nf_conntrack_tuple *reply)
{
	struct flow *flow = &pkt->ct.key;

	flow->vni = pkt->vni;
	flow->protocol = original->dst.protonum;
	netfilter_set_addr(pkt, &flow->source, &original->src.u3);
	netfilter_set_addr(pkt, &flow->destination, &reply->src.u3);
	flow->source_port = original->src.u.all;
	/* An echo has its identifier in both directions; of GRE and others a key means nothing. */
	flow->destination_port = parse_is_icmp(flow->protocol) ? 0 : reply->src.u.all;
}

/* The tuple of the packet's connection in FORWARD and LOCAL_IN, in the packet's direction: after
 * DNAT and before SNAT. False for a packet that netfilter does not track. */
static __always_inline bool netfilter_forward_tuple(ctx_t *ctx, struct packet *pkt)
{
	const struct nf_conntrack_tuple *original = netfilter_tuple(ctx, NF_CT_DIR_ORIGINAL);
	const struct nf_conntrack_tuple *reply = netfilter_tuple(ctx, NF_CT_DIR_REPLY);

	if (!original || !reply)
		return false;
	netfilter_set_forward_tuple(pkt, original, reply);
	if (netfilter_is_reply(ctx))
		flow_reverse(&pkt->ct.key);
	return true;
}

/* Whether that tuple is not the packet's own: netfilter has changed its source since. */
static __always_inline bool netfilter_has_changed(const struct packet *pkt)
{
	const struct ct_state *ct = &pkt->ct;
	const struct addr *source = ct->key_reversed ? &ct->key.destination : &ct->key.source;
	__be16 port = ct->key_reversed ? ct->key.destination_port : ct->key.source_port;

	return !addr_equal(source, &pkt->source) || port != pkt->source_port;
}
