// SPDX-License-Identifier: Apache-2.0
/* Standard output: a result or an error, and nothing else ever. */
#pragma once

#include "buffer.h"
#include "failure.h"

/* All return false when standard output does not take it. */
bool output__result(const struct buffer *result);
bool output__versions(const char *cni_version);
bool output__failure(const char *cni_version, struct failure *failure);
