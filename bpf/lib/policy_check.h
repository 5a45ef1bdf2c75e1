// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whether policy admits a packet: each of its ends that is a pod of this node is asked, in the
 * direction in which the flow was opened, once a flow and again after every change of policy. */
#pragma once

#include "lib/ct_update.h"
#include "lib/policy.h"

/* Where the packet comes from, or where it goes. */
enum policy_end {
	END_SENDER,
	END_RECEIVER,
};

/* Slots are from 1 (see IPAM). */
enum {
	NO_POD_ID = 0,
};

static __always_inline bool policy_end_is_key_source(const struct ct_state *ct, enum policy_end end)
{
	return (end == END_SENDER) != ct->key_reversed;
}

static __always_inline const struct addr *policy_end_addr(const struct ct_state *ct,
							  enum policy_end end)
{
	return policy_end_is_key_source(ct, end) ? &ct->key.source : &ct->key.destination;
}

static __always_inline __be16 policy_end_port(const struct ct_state *ct, enum policy_end end)
{
	return policy_end_is_key_source(ct, end) ? ct->key.source_port : ct->key.destination_port;
}

static __always_inline void policy_trace(const struct ct_state *ct,
					 const struct policy_query *query, enum verdict verdict)
{
	struct event *event = event_begin(ct, EVENT_TRACE);

	if (!event)
		return;
	event->stage = query->direction == POLICY_EGRESS ? STAGE_EGRESS : STAGE_INGRESS;
	event->verdict = verdict;
	event->rule = query->verdict.rule;
	event->value = query->verdict.action;
	event->policy = query->policy;
	event->identity = query->identity;
	event->rule_set = query->rule_set;
	bpf_ringbuf_submit(event, 0);
}

static __always_inline enum verdict policy_verdict(const struct ct_state *ct,
						   const struct policy_query *query)
{
	if (!query->verdict.action)
		return DROP_POLICY_ABSENT;
	if (ct->frag_no_ports && query->policy != POLICY_OPEN)
		return DROP_FRAGMENT;
	if (query->verdict.action == POLICY_ALLOW)
		return VERDICT_NEXT;
	return query->direction == POLICY_EGRESS ? DROP_POLICY_EGRESS : DROP_POLICY_INGRESS;
}

/* Not of an error, which any router may send: it says nothing about the end that it seems to come
 * from. */
static __always_inline void verdict_record(struct ct_state *ct, enum policy_end end, __u32 rule)
{
	if (ct->is_error)
		return;
	if (policy_end_is_key_source(ct, end)) {
		ct->changed |= CHANGED_SOURCE;
		ct->source_generation = ct->generation;
		ct->source_rule = rule;
	} else {
		ct->changed |= CHANGED_DESTINATION;
		ct->destination_generation = ct->generation;
		ct->destination_rule = rule;
	}
}

/* `originator`: the end that opened the flow, as far as this question goes. */
static __always_inline enum verdict policy_check_direction(struct ct_state *ct, __u32 pod_id,
							   enum policy_end end,
							   enum policy_end originator)
{
	enum policy_end other = end == END_SENDER ? END_RECEIVER : END_SENDER;
	enum policy_end responder = originator == END_SENDER ? END_RECEIVER : END_SENDER;
	struct policy_query query = {
		.scope = ct->scope,
		.bank = control_bank(ct),
		.vni = ct->key.vni,
		.pod_id = pod_id,
		.direction = end == originator ? POLICY_EGRESS : POLICY_INGRESS,
		.peer = *policy_end_addr(ct, other),
		.protocol = ct->key.protocol,
		.port = policy_end_port(ct, responder),
	};
	enum verdict v;

	policy_lookup(&query);
	v = policy_verdict(ct, &query);
	if (v == VERDICT_NEXT)
		verdict_record(ct, end, query.verdict.rule);
	else if (v != DROP_FRAGMENT) /* that is no rule's: none can be asked without ports */
		ct->rule = query.verdict.rule;
	if (ct->traced)
		policy_trace(ct, &query, v);
	return v;
}

/* Admitted by this very generation of policy already. A traced packet wants to see it judged. */
static __always_inline bool verdict_cached(const struct ct_state *ct, enum policy_end end)
{
	__u32 generation = policy_end_is_key_source(ct, end) ? ct->source_generation
							     : ct->destination_generation;

	return ct->state == FLOW_FOUND && generation && generation == ct->generation && !ct->traced;
}

static __always_inline enum verdict policy_check_end(struct ct_state *ct, __u32 pod_id,
						     enum policy_end end)
{
	enum policy_end originator = ct_is_originator(ct) ? END_SENDER : END_RECEIVER;
	enum policy_end other = originator == END_SENDER ? END_RECEIVER : END_SENDER;
	enum verdict v = VERDICT_NEXT;

	if (pod_id == NO_POD_ID || verdict_cached(ct, end))
		return VERDICT_NEXT;
	/* Whoever opened it: policy must admit both, or a cut connection would come back as the
	 * other end's. */
	if (ct_is_midstream(ct))
		v = policy_check_direction(ct, pod_id, end, other);
	if (v == VERDICT_NEXT)
		v = policy_check_direction(ct, pod_id, end, originator);
	return v;
}

/* enum verdict: of both ends, as far as they are asked. Verified once. */
__noinline int policy_check_ends(struct ct_state *ct)
{
	enum verdict v;

	if (!ct)
		return DROP_POLICY_ABSENT;
	if (ct->sender_pod_id == ct->receiver_pod_id)
		ct->scope = SCOPE_SELF;
	v = policy_check_end(ct, ct->sender_pod_id, END_SENDER);
	if (v == VERDICT_NEXT)
		v = policy_check_end(ct, ct->receiver_pod_id, END_RECEIVER);
	return v;
}

/* Both ends of a datagram flow may ask from the same ports: whoever asked first does not decide for
 * the other one. */
static __always_inline bool policy_may_be_request(const struct ct_state *ct)
{
	return ct->state == FLOW_FOUND && !ct->is_error && !ct_is_originator(ct) &&
	       !ct_is_connection(ct->key.protocol) && ct_can_open(ct);
}

/* Whether the packet is to be judged as if it were the first one of a flow of its own. It becomes
 * that after a silence only: before, it may be an answer on its way to what policy now refuses, and
 * whoever asked must not become the one that answers. */
__noinline int policy_make_request(struct ct_state *ct)
{
	__u32 tunnel, node_id;

	if (!ct || !policy_may_be_request(ct))
		return false;
	if (!(ct->changed & SEEN_LONG_AGO)) {
		ct->state = FLOW_NEW;
		ct->changed = (ct->changed & CHANGED_SEEN) | IN_PASSING;
		return true;
	}
	tunnel = ct->flags & CT_TUNNEL;
	node_id = ct->node_id;
	ct_reset(ct);
	ct->flags = tunnel;
	ct->node_id = node_id;
	return true;
}

/* What the flow's policy refuses to the responder is judged as a question of its own.
 * verifier: 6.1 has no stack left for a frame between the hook's and policy_check_ends()'s. */
static __always_inline enum verdict policy_check_or_request(struct ct_state *ct)
{
	enum verdict v = policy_check_ends(ct);
	__u32 rule = ct->rule;

	if (v == VERDICT_NEXT || !policy_make_request(ct))
		return v;
	if (policy_check_ends(ct) == VERDICT_NEXT) {
		if (ct->changed & IN_PASSING)
			ct->state = FLOW_UNTRACKED;
		return VERDICT_NEXT;
	}
	ct->rule = rule;
	return v;
}

/* NO_POD_ID: that end is no pod of this node, or is asked elsewhere. */
static __always_inline enum verdict policy_check(struct ct_state *ct, __u32 sender_pod_id,
						 __u32 receiver_pod_id)
{
	if (ct->flags & CT_FROM_NODE)
		return VERDICT_NEXT;
	if ((sender_pod_id == NO_POD_ID || verdict_cached(ct, END_SENDER)) &&
	    (receiver_pod_id == NO_POD_ID || verdict_cached(ct, END_RECEIVER)))
		return VERDICT_NEXT;
	ct->sender_pod_id = sender_pod_id;
	ct->receiver_pod_id = receiver_pod_id;
	return policy_check_or_request(ct);
}

static __always_inline __u32 policy_pod_id(const struct endpoint *endpoint)
{
	return endpoint_is(endpoint, ENDPOINT_LOCAL_POD) ? endpoint->pod_id : NO_POD_ID;
}
