// SPDX-License-Identifier: Apache-2.0
#include "json.h"

/* Deeper than any prevResult or args, and safe for the stack. */
#define NESTING_LIMIT 64

static const char *parse_problem(struct json_tokener *tokener, struct json_object *json,
				 size_t length)
{
	enum json_tokener_error error = json_tokener_get_error(tokener);

	if (error == json_tokener_continue)
		return "unexpected end of data";
	if (error != json_tokener_success)
		return json_tokener_error_desc(error);
	/* The tokener ends at a NUL byte and ignores the rest. */
	if (json_tokener_get_parse_end(tokener) != length)
		return "unexpected character";
	return json_object_is_type(json, json_type_object) ? NULL : "another type of value";
}

struct json_object *json__parse(const void *data, size_t length, const char **reason)
{
	struct json_tokener *tokener = json_tokener_new_ex(NESTING_LIMIT);
	struct json_object *json;

	if (!tokener) {
		*reason = "out of memory";
		return NULL;
	}
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	json = json_tokener_parse_ex(tokener, data, (int)length);
	*reason = parse_problem(tokener, json, length);
	if (*reason) {
		json_object_put(json);
		json = NULL;
	}
	json_tokener_free(tokener);
	return json;
}
