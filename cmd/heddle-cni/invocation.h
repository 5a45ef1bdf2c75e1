// SPDX-License-Identifier: Apache-2.0
/* One run of the plugin: everything the runtime gave it. */
#pragma once

#include "buffer.h"
#include "environment.h"
#include "netconf.h"

struct invocation {
	struct environment environment;
	struct netconf netconf;
	/* Standard input as it came, from which `netconf` was read. */
	struct buffer input;
};
