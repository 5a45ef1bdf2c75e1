// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the host's stack forwards: after DNAT and before SNAT, so that policy sees the pods and not
 * the virtual address. Answers are told to come back through the stack. */
#pragma once

#include "lib/admission.h"
#include "lib/fragment.h"
#include "lib/host_path.h"

/* pod_tx has entered what a pod asks before it could be judged. If it was refused here, it asked
 * nothing, and what seems to answer it is a question. */
static __always_inline bool forwarded_answers_nothing(const struct tracked *ct)
{
	return ct->state == FLOW_FOUND && !conntrack_is_opener(ct) && !ct->is_error &&
	       conntrack_can_open(ct) && !ct->source_generation && !ct->destination_generation &&
	       !(ct->flags & CONNTRACK_FROM_NODE);
}

/* Both ends, those of them that are pods of this node. */
static __always_inline enum verdict forwarded_check(ctx_t *ctx, struct packet *pkt)
{
	__u32 sender = admission_slot(endpoint_find(pkt->segment, &pkt->source));
	__u32 receiver = admission_slot(endpoint_find(pkt->segment, &pkt->destination));
	enum verdict v;

	if (sender == NO_POD_SLOT && receiver == NO_POD_SLOT)
		return VERDICT_NEXT;
	fragment_find_ports(pkt);
	conntrack_lookup(ctx, pkt);
	if (forwarded_answers_nothing(&pkt->ct))
		conntrack_forget(&pkt->ct);
	v = admission_check(&pkt->ct, sender, receiver);
	if (v != VERDICT_NEXT)
		return v;
	return conntrack_commit(&pkt->ct, host_path_matters(pkt) ? host_path_flags(pkt) : 0);
}
