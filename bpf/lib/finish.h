// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The one exit of every hook: counts the verdict and turns it into the hook's action. */
#pragma once

#include "lib/metrics.h"
#include "lib/packet.h"

static __always_inline int finish(const struct packet *pkt, enum hook hook, enum verdict verdict)
{
	metrics_count(hook, verdict, pkt->bytes);
	if (verdict >= DROP_MALFORMED)
		return ACTION_DROP;
	return pkt->redirected ? ACTION_REDIRECT : ACTION_NEXT;
}
