// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets that the host stack forwards: after DNAT and before SNAT, so that policy sees the pods
 * and not the virtual address. Flags of the flow send replies back through the stack. */
#pragma once

#include "lib/policy_check.h"
#include "lib/fragment.h"
#include "lib/host_path.h"
#include "lib/netfilter_conn.h"

/* pod_tx creates the flow before policy is checked here. If policy refused that first packet here,
 * a packet of the other end is no reply, and opens a flow of its own. */
static __always_inline bool forwarded_is_unadmitted(const struct ct_state *ct)
{
	return ct->state == FLOW_FOUND && !ct_is_originator(ct) && !ct->is_error &&
	       ct_can_open(ct) && !ct->source_generation && !ct->destination_generation &&
	       !(ct->flags & CT_FROM_NODE);
}

/* Replies come back through the stack. After DNAT so do further requests of the same tuple: a
 * direct request to the backend from the same port needs another source port, which netfilter
 * chooses. */
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

/* After the forward hook. If the flow has an entry, by the tuple that netfilter had in FORWARD,
 * that this generation of policy admitted, the forward hook has checked the packet. A packet
 * without one bypassed FORWARD (IPVS, a flow table, a redirect) and is checked here. If netfilter
 * has changed the source since, a flow of the packet's own tuple is created too: replies come back
 * this way, and a flow that the pod itself opens from that port gets another one. The datagram's
 * first fragment has done that for the later ones, which have no ports.
 * `has_tuple`: the key has that tuple. */
static __always_inline enum verdict forwarded_verify_by(ctx_t *ctx, struct packet *pkt,
							bool has_tuple)
{
	enum verdict v;
	__u32 flags;

	if (pkt->ct.traced || !has_tuple)
		return forwarded_check(ctx, pkt);
	v = forwarded_check_key(ctx, pkt);
	if (v != VERDICT_NEXT || pkt->ct.is_error || pkt->fragment == FRAGMENT_LATER ||
	    !netfilter_has_changed(pkt) ||
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

static __always_inline enum verdict forwarded_verify(ctx_t *ctx, struct packet *pkt)
{
	return forwarded_verify_by(ctx, pkt, netfilter_forward_tuple(ctx, pkt));
}
