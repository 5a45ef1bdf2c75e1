// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_metrics: packets and bytes by hook and verdict, per CPU. */
#pragma once

#include "verdict.h"

/* Index into the array: hook * VERDICT_MAX + verdict. */
struct metrics_key {
	__u32 index;
};

struct metrics {
	__u64 packets;
	__u64 bytes; /* layer-2 length as the hook was given it */
};
