// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_rule, hd_policy_name: what a rule's number means. No program reads them: they are pinned with
 * the tables that they explain, so that heddlectl can say why while the daemon is away. */
#pragma once

#include "abi/policy.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct rule);
} hd_rule SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct policy_name);
} hd_policy_name SEC(".maps");
