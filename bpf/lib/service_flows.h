// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A connection through a Service is two flows: of the client and the frontend, which only the
 * client's packets have, and of the client and the backend. The first one names the second one's
 * backend and lives as long as it: what only answers show is carried over. */
#pragma once

#include "lib/ct_confirm.h"
#include "lib/service.h"

enum {
	SERVICE_MIRRORED = CT_SEEN_REPLY | CT_FIN_BOTH | CT_RESET_ANY | CT_ASSURED,
};

/* `flags`: of the flow to the backend. True: the client's flow is to be confirmed as well. */
static __always_inline bool service_mirror(struct ct_entry *asked, __u32 flags, bool is_kept)
{
	__u32 before = __sync_fetch_and_or(&asked->flags, flags & SERVICE_MIRRORED);
	__u32 after = before | (flags & SERVICE_MIRRORED);
	__u32 gone = before & (CT_FIN_BOTH | CT_RESET_ANY) & ~flags;

	if (gone)
		__sync_fetch_and_and(&asked->flags, ~gone);
	after &= ~gone;
	asked->seen_ns = ctx_now();
	if (is_kept && ct_is_closed(before) != ct_is_closed(after))
		ct_slot_set_ended(asked->slot, ct_is_closed(after));
	return !is_kept && (after & CT_ASSURED) && !ct_is_closed(after);
}

/* What the flow to the backend has come to; the draft has both keys. True: the client's flow is to
 * be confirmed as well. */
static __always_inline bool service_carry_over(const struct service_draft *draft, __u32 flags)
{
	struct ct_entry *asked = bpf_map_lookup_elem(&hd_ct, &draft->asked);
	bool is_kept = asked;

	if (!asked)
		asked = bpf_map_lookup_elem(&hd_ct_unassured, &draft->asked);
	return asked && (asked->flags & CT_SERVICE) && service_mirror(asked, flags, is_kept);
}
