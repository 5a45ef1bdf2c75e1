// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the host's stack forwards: after DNAT and before SNAT, so that policy sees the pods and not
 * the virtual address. Answers are told to come back through the stack. */
#pragma once

#include "lib/policy_check.h"
#include "lib/fragment.h"
#include "lib/host_path.h"
#include "lib/netfilter_conn.h"

/* pod_tx has entered what a pod asks before it could be judged. If it was refused here, it asked
 * nothing, and what seems to answer it is a question. */
static __always_inline bool forwarded_is_unadmitted(const struct ct_state *ct)
{
	return ct->state == FLOW_FOUND && !ct_is_originator(ct) && !ct->is_error &&
	       ct_can_open(ct) && !ct->source_generation && !ct->destination_generation &&
	       !(ct->flags & CT_FROM_NODE);
}

/* Answers come back through the stack. Where DNAT led here, so do questions of the same tuple:
 * whoever asks the backend itself from the same port needs another port, and only netfilter can
 * give it. */
static __always_inline __u32 forwarded_flags(ctx_t *ctx, const struct packet *pkt)
{
	__u32 flags = host_path_matters(pkt) ? host_path_flags(pkt) : 0;

	if (flags && netfilter_is_dnat(ctx, pkt))
		flags |= ct_via_stack_flag(&pkt->ct, false);
	return flags;
}

/* PASS_UNMANAGED: neither end is a pod of this node. */
static __always_inline enum verdict forwarded_check_policy(ctx_t *ctx, struct packet *pkt)
{
	__u32 sender = policy_pod_id(endpoint_find(pkt->vni, &pkt->source));
	__u32 receiver = policy_pod_id(endpoint_find(pkt->vni, &pkt->destination));

	if (sender == NO_POD_ID && receiver == NO_POD_ID)
		return PASS_UNMANAGED;
	fragment_find_ports(pkt);
	ct_lookup(ctx, pkt);
	if (forwarded_is_unadmitted(&pkt->ct))
		ct_reset(&pkt->ct);
	return policy_check(&pkt->ct, sender, receiver);
}

static __always_inline enum verdict forwarded_commit(ctx_t *ctx, struct packet *pkt)
{
	return ct_update(&pkt->ct, forwarded_flags(ctx, pkt));
}

static __always_inline enum verdict forwarded_check(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v = forwarded_check_policy(ctx, pkt);

	if (v == PASS_UNMANAGED)
		return VERDICT_NEXT;
	return v == VERDICT_NEXT ? forwarded_commit(ctx, pkt) : v;
}

/* IPVS has translated past FORWARD, where the flags would have been set. Masqueraded, the packet
 * has a tuple of its own, which forwarded_verify() enters. */
static __always_inline __u32 forwarded_missed_flags(ctx_t *ctx, const struct packet *pkt)
{
	if (pkt->ct.is_error || !host_path_is_unrecorded(pkt) || !netfilter_is_dnat(ctx, pkt) ||
	    netfilter_has_changed(pkt) || !host_path_matters(pkt))
		return 0;
	return ct_via_stack_flag(&pkt->ct, true) | ct_via_stack_flag(&pkt->ct, false);
}

/* By the key that is set, which may not be the packet's own tuple. */
static __always_inline enum verdict forwarded_check_key(ctx_t *ctx, struct packet *pkt)
{
	struct ct_state *ct = &pkt->ct;
	__u32 sender = policy_pod_id(endpoint_find(ct->key.vni, &ct->key.source));
	__u32 receiver = policy_pod_id(endpoint_find(ct->key.vni, &ct->key.destination));
	enum verdict v;

	if (sender == NO_POD_ID && receiver == NO_POD_ID)
		return VERDICT_NEXT;
	ct->is_error = flow_is_icmp_error(pkt);
	ct_find(ct);
	if (forwarded_is_unadmitted(ct))
		ct_reset(ct);
	v = policy_check(ct, sender, receiver);
	return v == VERDICT_NEXT ? ct_update(ct, forwarded_missed_flags(ctx, pkt)) : v;
}

/* Behind the forward hook. The proof that it has judged this packet is the flow's
 * entry: the tuple that netfilter had there, admitted by this generation of policy. What has none
 * (it came past FORWARD: IPVS, a flow table, a redirect) is judged here. Where netfilter has
 * changed the source since, the packet's own tuple is entered too, so that its answers come back
 * this way, and what the pod itself asks from that port gets another one. */
static __always_inline enum verdict forwarded_verify(ctx_t *ctx, struct packet *pkt)
{
	enum verdict v;
	__u32 flags;

	if (pkt->ct.traced || !netfilter_forward_tuple(ctx, pkt))
		return forwarded_check(ctx, pkt);
	v = forwarded_check_key(ctx, pkt);
	if (v != VERDICT_NEXT || pkt->ct.is_error || !netfilter_has_changed(pkt) ||
	    !endpoint_has_local_pod(pkt->vni, &pkt->source, &pkt->destination))
		return v;
	ct_reset(&pkt->ct);
	fragment_find_ports(pkt);
	ct_lookup(ctx, pkt);
	flags = host_path_matters(pkt) ? host_path_flags(pkt) : 0;
	if (flags)
		flags |= ct_via_stack_flag(&pkt->ct, false);
	return ct_update(&pkt->ct, flags);
}
