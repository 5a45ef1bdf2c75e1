// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_policy_drop: packets that each rule denied, per CPU. */
#pragma once

#include "abi/types.h"

enum {
	POLICY_DROP_RULES = 4096,
};

/* Key: the rule, as in hd_rule. A row begins with the rule's first drop; the daemon deletes those
 * of rules that are gone. A drop without room for its row is in hd_metrics alone. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, POLICY_DROP_RULES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64);
} hd_policy_drop SEC(".maps");

static __always_inline bool policy_drop_add(__u32 rule)
{
	__u64 *packets = bpf_map_lookup_elem(&hd_policy_drop, &rule);

	if (!packets)
		return false;
	(*packets)++;
	return true;
}

/* A global function: its stack is not the hook's, and the verifier walks it once. */
__noinline int policy_drop_count(__u32 rule)
{
	__u64 first = 1;

	if (!rule || policy_drop_add(rule))
		return 0;
	/* -EEXIST: another CPU has made the row meanwhile. */
	if (bpf_map_update_elem(&hd_policy_drop, &rule, &first, BPF_NOEXIST))
		policy_drop_add(rule);
	return 0;
}
