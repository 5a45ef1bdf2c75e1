// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whether policy admits a packet: each of its ends that is a pod of this node is asked, in the
 * direction in which the flow was opened, once a flow and again after every change of policy. */
#pragma once

#include "lib/ct_update.h"
#include "lib/policy.h"

/* Where the packet comes from, or where it goes. */
enum admission_end {
	END_SENDER,
	END_RECEIVER,
};

/* Slots are from 1 (see IPAM). */
enum {
	NO_POD_ID = 0,
};

static __always_inline bool admission_is_key_source(const struct ct_state *ct,
						    enum admission_end end)
{
	return (end == END_SENDER) != ct->key_reversed;
}

static __always_inline const struct addr *admission_addr(const struct ct_state *ct,
							 enum admission_end end)
{
	return admission_is_key_source(ct, end) ? &ct->key.source : &ct->key.destination;
}

static __always_inline __be16 admission_port(const struct ct_state *ct, enum admission_end end)
{
	return admission_is_key_source(ct, end) ? ct->key.source_port : ct->key.destination_port;
}

static __always_inline void admission_trace(const struct ct_state *ct,
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

static __always_inline enum verdict admission_verdict(const struct ct_state *ct,
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
static __always_inline void admission_note(struct ct_state *ct, enum admission_end end, __u32 rule)
{
	if (ct->is_error)
		return;
	if (admission_is_key_source(ct, end)) {
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
static __always_inline enum verdict admission_ask(struct ct_state *ct, __u32 pod_id,
						  enum admission_end end,
						  enum admission_end originator)
{
	enum admission_end other = end == END_SENDER ? END_RECEIVER : END_SENDER;
	enum admission_end responder = originator == END_SENDER ? END_RECEIVER : END_SENDER;
	struct policy_query query = {
		.scope = ct->scope,
		.version = control_version(ct),
		.vni = ct->key.vni,
		.pod_id = pod_id,
		.direction = end == originator ? POLICY_EGRESS : POLICY_INGRESS,
		.peer = *admission_addr(ct, other),
		.protocol = ct->key.protocol,
		.port = admission_port(ct, responder),
	};
	enum verdict v;

	policy_judge(&query);
	v = admission_verdict(ct, &query);
	if (v == VERDICT_NEXT)
		admission_note(ct, end, query.verdict.rule);
	else if (v != DROP_FRAGMENT) /* that is no rule's: none can be asked without ports */
		ct->rule = query.verdict.rule;
	if (ct->traced)
		admission_trace(ct, &query, v);
	return v;
}

/* Admitted by this very generation of policy already. A traced packet wants to see it judged. */
static __always_inline bool admission_is_settled(const struct ct_state *ct, enum admission_end end)
{
	__u32 generation = admission_is_key_source(ct, end) ? ct->source_generation
							    : ct->destination_generation;

	return ct->state == FLOW_FOUND && generation && generation == ct->generation && !ct->traced;
}

static __always_inline enum verdict admission_check_end(struct ct_state *ct, __u32 pod_id,
							enum admission_end end)
{
	enum admission_end originator = ct_is_originator(ct) ? END_SENDER : END_RECEIVER;
	enum admission_end other = originator == END_SENDER ? END_RECEIVER : END_SENDER;
	enum verdict v = VERDICT_NEXT;

	if (pod_id == NO_POD_ID || admission_is_settled(ct, end))
		return VERDICT_NEXT;
	/* Whoever opened it: policy must admit both, or a cut connection would come back as the
	 * other end's. */
	if (ct_is_midstream(ct))
		v = admission_ask(ct, pod_id, end, other);
	if (v == VERDICT_NEXT)
		v = admission_ask(ct, pod_id, end, originator);
	return v;
}

/* enum verdict: of both ends, as far as they are asked. Verified once. */
__noinline int admission_judge(struct ct_state *ct)
{
	enum verdict v;

	if (!ct)
		return DROP_POLICY_ABSENT;
	if (ct->sender_pod_id == ct->receiver_pod_id)
		ct->scope = SCOPE_SELF;
	v = admission_check_end(ct, ct->sender_pod_id, END_SENDER);
	if (v == VERDICT_NEXT)
		v = admission_check_end(ct, ct->receiver_pod_id, END_RECEIVER);
	return v;
}

/* Both ends of a datagram flow may ask from the same ports: whoever asked first does not decide for
 * the other one. */
static __always_inline bool admission_may_be_question(const struct ct_state *ct)
{
	return ct->state == FLOW_FOUND && !ct->is_error && !ct_is_originator(ct) &&
	       !ct_is_connection(ct->key.protocol) && ct_can_open(ct);
}

/* Whether the packet is to be judged as if it were the first one of a flow of its own. It becomes
 * that after a silence only: before, it may be an answer on its way to what policy now refuses, and
 * whoever asked must not become the one that answers. */
__noinline int admission_make_question(struct ct_state *ct)
{
	__u32 tunnel, node_id;

	if (!ct || !admission_may_be_question(ct))
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
 * verifier: 6.1 has no stack left for a frame between the hook's and admission_judge()'s. */
static __always_inline enum verdict admission_judge_or_ask(struct ct_state *ct)
{
	enum verdict v = admission_judge(ct);
	__u32 rule = ct->rule;

	if (v == VERDICT_NEXT || !admission_make_question(ct))
		return v;
	if (admission_judge(ct) == VERDICT_NEXT) {
		if (ct->changed & IN_PASSING)
			ct->state = FLOW_UNTRACKED;
		return VERDICT_NEXT;
	}
	ct->rule = rule;
	return v;
}

/* NO_POD_ID: that end is no pod of this node, or is asked elsewhere. */
static __always_inline enum verdict admission_check(struct ct_state *ct, __u32 sender_pod_id,
						    __u32 receiver_pod_id)
{
	if (ct->flags & CT_FROM_NODE)
		return VERDICT_NEXT;
	if ((sender_pod_id == NO_POD_ID || admission_is_settled(ct, END_SENDER)) &&
	    (receiver_pod_id == NO_POD_ID || admission_is_settled(ct, END_RECEIVER)))
		return VERDICT_NEXT;
	ct->sender_pod_id = sender_pod_id;
	ct->receiver_pod_id = receiver_pod_id;
	return admission_judge_or_ask(ct);
}

static __always_inline __u32 policy_pod_id(const struct endpoint *endpoint)
{
	return endpoint_is(endpoint, ENDPOINT_LOCAL_POD) ? endpoint->pod_id : NO_POD_ID;
}
