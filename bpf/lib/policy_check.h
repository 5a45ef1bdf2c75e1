// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Checks policy for each end of a packet that is a pod of this node, in the direction in which the
 * flow was opened: once a flow, and again after every change of policy. */
#pragma once

#include "lib/ct_update.h"
#include "lib/policy.h"

/* Where the packet comes from, or where it goes. */
enum policy_end {
	END_SENDER,
	END_RECEIVER,
};

/* Pod ids start at 1 (see IPAM). */
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

/* Not for an ICMP error: any router may send it, so its source proves nothing. */
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

/* `originator`: the end that counts as the originator in this check. */
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
	else if (v != DROP_FRAGMENT) /* no rule decided: without ports none can match */
		ct->rule = query.verdict.rule;
	if (ct->traced)
		policy_trace(ct, &query, v);
	return v;
}

/* This generation of policy has admitted the flow already. A traced packet is checked again, to
 * show the rules. */
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
	/* The originator is unknown: policy must admit both directions, or a connection that policy
	 * has cut would be picked up again in the other one. */
	if (ct_is_midstream(ct))
		v = policy_check_direction(ct, pod_id, end, other);
	if (v == VERDICT_NEXT)
		v = policy_check_direction(ct, pod_id, end, originator);
	return v;
}

/* enum verdict: of both ends that have a pod id. Verified once. */
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

/* Both ends of a datagram flow may send requests from the same ports: the first of them does not
 * decide for the other. */
static __always_inline bool policy_may_be_request(const struct ct_state *ct)
{
	return ct->state == FLOW_FOUND && !ct->is_error && !ct_is_originator(ct) &&
	       !ct_is_connection(ct->key.protocol) && ct_can_open(ct);
}

/* Whether policy checks the packet as the first one of a flow of its own. The flow is replaced only
 * after a silence: before, the packet may be a late reply to a request that policy now refuses, and
 * originator and responder must not change places. */
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

/* A packet of the responder that policy refuses as a reply is checked as a request.
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

/* NO_POD_ID: that end is not a pod of this node, or another hook checks it. */
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
