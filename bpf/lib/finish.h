// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The one exit of every hook: counts the verdict, and the rule behind it, emits its event, maps it
 * to the hook's action. */
#pragma once

#include "lib/event.h"
#include "lib/metrics.h"
#include "lib/packet.h"
#include "lib/policy_drop.h"

static __always_inline int finish(const struct packet *pkt, enum verdict verdict)
{
	if (!pkt->ct.traced) {
		metrics_count(pkt->ct.hook, verdict, pkt->bytes);
		if (verdict == DROP_POLICY_EGRESS || verdict == DROP_POLICY_INGRESS)
			policy_drop_count(pkt->ct.rule);
	}
	event_emit_verdict(pkt, verdict);
	if (verdict >= DROP_MALFORMED)
		return ACTION_DROP;
	return pkt->redirected ? ACTION_REDIRECT : ACTION_NEXT;
}
