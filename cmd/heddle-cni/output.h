// SPDX-License-Identifier: Apache-2.0
/* Standard output: one result or one error, nothing else. */
#pragma once

#include "buffer.h"
#include "failure.h"

/* All return false when the write fails. */
bool output__result(const struct buffer *result);
bool output__versions(const char *cni_version);
bool output__failure(const char *cni_version, struct failure *failure);
