// SPDX-License-Identifier: Apache-2.0
#include "netconf.h"

#include <json-c/json.h>
#include <string.h>

#include "json.h"

#define NEWEST_VERSION	   "1.1.0"
#define DEFAULT_TIMEOUT_MS 60000
#define MAX_TIMEOUT_S	   600

void netconf__defaults(struct netconf *netconf)
{
	*netconf = (struct netconf){
		.cni_version = NEWEST_VERSION,
		.socket = DEFAULT_SOCKET,
		.timeout_ms = DEFAULT_TIMEOUT_MS,
	};
}

/* The string under `key`, or NULL. A string with a NUL inside is rejected: C would truncate it. */
static const char *string_field(struct json_object *json, const char *key)
{
	struct json_object *field;
	const char *text;

	if (!json_object_object_get_ex(json, key, &field) ||
	    !json_object_is_type(field, json_type_string))
		return NULL;
	text = json_object_get_string(field);
	return strlen(text) == (size_t)json_object_get_string_len(field) ? text : NULL;
}

static void read_version(struct netconf *netconf, struct json_object *json)
{
	const char *version = string_field(json, "cniVersion");

	if (version && *version && strlen(version) < sizeof(netconf->cni_version))
		strcpy(netconf->cni_version, version);
}

/* Advice alone: one that is too long is none. */
static void read_log_command(struct netconf *netconf, struct json_object *json)
{
	const char *command = string_field(json, "logCommand");

	if (command && strlen(command) < sizeof(netconf->log_command))
		strcpy(netconf->log_command, command);
}

static int read_socket(struct netconf *netconf, struct json_object *json, struct failure *failure)
{
	const char *path;

	if (!json_object_object_get_ex(json, "socket", NULL))
		return 0;
	path = string_field(json, "socket");
	if (!path || *path != '/')
		return fail(failure, CNI_INVALID_CONFIG, "socket: is not an absolute path");
	if (strlen(path) >= sizeof(netconf->socket))
		return fail(failure, CNI_INVALID_CONFIG, "socket: is longer than %zu bytes",
			    sizeof(netconf->socket) - 1);
	strcpy(netconf->socket, path);
	return 0;
}

static int read_timeout(struct netconf *netconf, struct json_object *json, struct failure *failure)
{
	struct json_object *field;
	int64_t seconds;

	if (!json_object_object_get_ex(json, "timeoutSeconds", &field))
		return 0;
	seconds = json_object_is_type(field, json_type_int) ? json_object_get_int64(field) : 0;
	if (seconds < 1 || seconds > MAX_TIMEOUT_S)
		return fail(failure, CNI_INVALID_CONFIG,
			    "timeoutSeconds: is not a whole number from 1 to %d", MAX_TIMEOUT_S);
	netconf->timeout_ms = (int)seconds * 1000;
	return 0;
}

int netconf__parse(struct netconf *netconf, const struct buffer *input, struct failure *failure)
{
	struct json_object *json;
	const char *reason;
	int error;

	if (input->length == 0)
		return fail(failure, CNI_DECODING_FAILURE, "the network configuration is empty");
	json = json__parse(input->data, input->length, &reason);
	if (!json)
		return fail(failure, CNI_DECODING_FAILURE,
			    "the network configuration is not a JSON object: %s", reason);
	read_version(netconf, json);
	read_log_command(netconf, json);
	error = read_socket(netconf, json, failure) || read_timeout(netconf, json, failure);
	json_object_put(json);
	return error ? -1 : 0;
}
