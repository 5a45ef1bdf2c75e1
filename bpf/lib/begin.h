// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The one entrance of every hook; finish.h is the exit. */
#pragma once

#include "abi/config.h"
#include "lib/control.h"
#include "lib/flow_epoch.h"

/* A packet of which only the hook and the generation of policy are known. */
static __always_inline struct packet begin(ctx_t *ctx, enum hook hook)
{
	struct packet pkt = {
		.bytes = ctx_length(ctx),
		.vni = CONFIG_GET(cluster_vni),
		.ct = { .hook = hook, .ifindex = ctx_ifindex(ctx) },
	};

	control_read_generation(&pkt);
	if (CONFIG_GET(flow_cache))
		pkt.ct.tables_epoch = flow_epoch_read(FLOW_EPOCH_TABLES);
	return pkt;
}
