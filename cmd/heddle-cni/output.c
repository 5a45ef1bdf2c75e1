// SPDX-License-Identifier: Apache-2.0
#include "output.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"

static const char *const supported_versions[] = { "0.3.1", "0.4.0", "1.0.0", "1.1.0" };

static bool write_all(const char *data, size_t length)
{
	while (length > 0) {
		ssize_t written = write(STDOUT_FILENO, data, length);

		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			data += written;
			length -= (size_t)written;
		}
	}
	return true;
}

static bool print(struct json_object *json)
{
	const char *text = json_object_to_json_string_ext(json, JSON_C_TO_STRING_NOSLASHESCAPE);
	bool printed = text && write_all(text, strlen(text)) && write_all("\n", 1);

	json_object_put(json);
	return printed;
}

bool output__result(const struct buffer *result)
{
	if (result->length == 0)
		return true;
	return write_all((const char *)result->data, result->length) && write_all("\n", 1);
}

bool output__versions(const char *cni_version)
{
	struct json_object *json = json_object_new_object();
	struct json_object *versions = json_object_new_array();

	for (size_t i = 0; i < sizeof(supported_versions) / sizeof(supported_versions[0]); i++)
		json_object_array_add(versions, json_object_new_string(supported_versions[i]));
	json_object_object_add(json, "cniVersion", json_object_new_string(cni_version));
	json_object_object_add(json, "supportedVersions", versions);
	return print(json);
}

bool output__failure(const char *cni_version, struct failure *failure)
{
	struct json_object *json = json_object_new_object();

	utf8__scrub(failure->message);
	utf8__scrub(failure->details);
	json_object_object_add(json, "cniVersion", json_object_new_string(cni_version));
	json_object_object_add(json, "code", json_object_new_int(failure->code));
	json_object_object_add(json, "msg", json_object_new_string(failure->message));
	if (*failure->details)
		json_object_object_add(json, "details", json_object_new_string(failure->details));
	return print(json);
}
