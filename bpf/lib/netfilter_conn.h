// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* netfilter's own conntrack entry of a packet at a netfilter hook (skb->_nfct): which ends the
 * connection had before netfilter changed them. */
#pragma once

#include <bpf/bpf_core_read.h>

#include "lib/ctx_netfilter.h"
#include "lib/packet.h"

/* include/uapi/linux/netfilter/nf_conntrack_tuple_common.h: the direction of a packet. */
enum {
	CT_DIR_ORIGINAL,
	CT_DIR_REPLY,
	CT_INFO_MASK = 7, /* the low bits of skb->_nfct: enum ip_conntrack_info */
	CT_INFO_IS_REPLY = 3,
	CT_INFO_UNTRACKED = 7,
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
	} dst;
} __attribute__((preserve_access_index));

struct nf_conntrack_tuple_hash {
	struct nf_conntrack_tuple tuple;
} __attribute__((preserve_access_index));

struct nf_conn {
	struct nf_conntrack_tuple_hash tuplehash[2];
} __attribute__((preserve_access_index));

extern void *bpf_rdonly_cast(const void *object, __u32 btf_id) __ksym;

/* The tuple of one direction; NULL for a packet that netfilter does not track. The entry's struct
 * has a namesake (nf_conn___init) that a relocation of its type could mean too: the cast is to the
 * type of its member. */
static __always_inline const struct nf_conntrack_tuple *netfilter_tuple(struct bpf_nf_ctx *ctx,
									__u32 direction)
{
	unsigned long nfct = ctx->skb->_nfct;
	const struct nf_conntrack_tuple_hash *hash;

	if (!bpf_core_field_exists(struct nf_conn, tuplehash) || !(nfct & ~(__u64)CT_INFO_MASK) ||
	    (nfct & CT_INFO_MASK) == CT_INFO_UNTRACKED)
		return NULL;
	nfct = (nfct & ~(__u64)CT_INFO_MASK) + bpf_core_field_offset(struct nf_conn, tuplehash) +
	       direction * bpf_core_type_size(struct nf_conntrack_tuple_hash);
	hash = bpf_rdonly_cast((const void *)nfct,
			       bpf_core_type_id_kernel(struct nf_conntrack_tuple_hash));
	return &hash->tuple;
}

/* Whether the packet goes against the direction in which the connection was opened. */
static __always_inline bool netfilter_is_reply(struct bpf_nf_ctx *ctx)
{
	__u32 info = ctx->skb->_nfct & CT_INFO_MASK;

	return info >= CT_INFO_IS_REPLY && info != CT_INFO_UNTRACKED;
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

/* Whether the packet asks for another address or port than netfilter's entry began with. */
static __always_inline bool netfilter_is_dnat(struct bpf_nf_ctx *ctx, const struct packet *pkt)
{
	const struct nf_conntrack_tuple *tuple;
	struct addr asked = {};

	if (netfilter_is_reply(ctx))
		return false;
	tuple = netfilter_tuple(ctx, CT_DIR_ORIGINAL);
	if (!tuple)
		return false;
	netfilter_set_addr(pkt, &asked, &tuple->dst.u3);
	return !addr_equal(&asked, &pkt->destination) || tuple->dst.u.all != pkt->destination_port;
}
