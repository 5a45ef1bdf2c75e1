// SPDX-License-Identifier: Apache-2.0
/* Standard input: the network configuration, as bytes. */
#pragma once

#include "buffer.h"
#include "deadline.h"
#include "failure.h"

/* Reads to the end. A terminal counts as empty input. */
int input__read(struct buffer *input, const struct deadline *deadline, struct failure *failure);
