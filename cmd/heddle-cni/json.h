// SPDX-License-Identifier: Apache-2.0
/* Reading JSON that others wrote. */
#pragma once

#include <json-c/json.h>
#include <stddef.h>

/*
 * The JSON object that `data` is, strictly and as a whole; the caller puts it back. NULL otherwise,
 * with the reason in a few words that live for ever.
 */
struct json_object *json__parse(const void *data, size_t length, const char **reason);
