// SPDX-License-Identifier: Apache-2.0
/* Strict parsing of JSON. */
#pragma once

#include <json-c/json.h>
#include <stddef.h>

/*
 * Parses all of `data` as one JSON object; the caller releases it with json_object_put(). NULL for
 * anything else, with the reason as a string literal.
 */
struct json_object *json__parse(const void *data, size_t length, const char **reason);
