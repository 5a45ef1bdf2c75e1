// SPDX-License-Identifier: Apache-2.0
/* One run of the plugin: the runtime's input. */
#pragma once

#include <stdint.h>

#include "buffer.h"
#include "environment.h"
#include "netconf.h"

struct invocation {
	struct environment environment;
	struct netconf netconf;
	/* Standard input, from which `netconf` was parsed. */
	struct buffer input;
	/* CLOCK_MONOTONIC. */
	int64_t started_ms;
};
