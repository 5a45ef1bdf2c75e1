// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_metrics: what became of how many packets. */
#pragma once

#include "abi/metrics.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, HOOK_MAX *VERDICT_MAX);
	__type(key, __u32);
	__type(value, struct metrics);
} hd_metrics SEC(".maps");

static __always_inline void metrics_count(enum hook hook, enum verdict verdict, __u32 bytes)
{
	__u32 index = hook * VERDICT_MAX + verdict;
	struct metrics *metrics = bpf_map_lookup_elem(&hd_metrics, &index);

	if (!metrics)
		return;
	metrics->packets++;
	metrics->bytes += bytes;
}
