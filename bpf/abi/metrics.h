// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_metrics: packets and bytes by hook and verdict, per CPU. The array's index: hook * VERDICT_MAX
 * + verdict. */
#pragma once

#include "verdict.h"

struct metrics {
	__u64 packets;
	__u64 bytes; /* layer-2 length as the hook was given it */
};
