// SPDX-License-Identifier: Apache-2.0
/* The call of heddled: sends the runtime's input and receives the result. */
#pragma once

#include "failure.h"
#include "invocation.h"

/* Appends the CNI result to `result`; commands without a result leave it unchanged. */
int daemon__call(const struct invocation *invocation, struct buffer *result,
		 struct failure *failure);
