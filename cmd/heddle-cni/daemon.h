// SPDX-License-Identifier: Apache-2.0
/* heddled, as the plugin sees it: hand over what the runtime gave, bring back what to print. */
#pragma once

#include "failure.h"
#include "invocation.h"

/* Appends the CNI result to `result`, which stays as it is for commands that have none. */
int daemon__call(const struct invocation *invocation, struct buffer *result,
		 struct failure *failure);
