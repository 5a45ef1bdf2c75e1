// SPDX-License-Identifier: Apache-2.0
#include "daemon.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "grpc.h"
#include "heddle/v1/cni.pb-c.h"
#include "json.h"
#include "netns.h"

static const char *const paths[] = {
	[COMMAND_ADD] = "/heddle.v1.Cni/Add",	    [COMMAND_DEL] = "/heddle.v1.Cni/Del",
	[COMMAND_CHECK] = "/heddle.v1.Cni/Check",   [COMMAND_GC] = "/heddle.v1.Cni/Gc",
	[COMMAND_STATUS] = "/heddle.v1.Cni/Status",
};

/* Without the daemon STATUS fails with 50, and all other commands with 11, which the runtime
 * retries. */
static int unavailable_code(enum command command)
{
	return command == COMMAND_STATUS ? CNI_NOT_AVAILABLE : CNI_TRY_AGAIN_LATER;
}

static void advise(struct failure *failure, const struct netconf *netconf)
{
	if (*netconf->log_command)
		fail_details(failure, "See its log: `%s`.", netconf->log_command);
	else
		fail_details(failure,
			     "See its log: `journalctl -u heddled` where it is a service, `kubectl "
			     "-n kube-system logs -l app.kubernetes.io/name=heddle` in a cluster.");
}

static int fail_unreachable(struct failure *failure, const struct invocation *invocation, int error)
{
	fail(failure, unavailable_code(invocation->environment.command),
	     "heddled cannot be reached at %s: %s", invocation->netconf.socket, strerror(-error));
	advise(failure, &invocation->netconf);
	return -1;
}

static int fail_unanswered(struct failure *failure, const struct invocation *invocation, int error)
{
	int code = unavailable_code(invocation->environment.command);
	const char *socket = invocation->netconf.socket;

	if (error == -ETIMEDOUT)
		fail(failure, code, "heddled at %s did not answer within %d s", socket,
		     invocation->netconf.timeout_ms / 1000);
	else if (error == -EPROTO)
		fail(failure, CNI_MALFORMED_REPLY, "the listener at %s does not speak gRPC",
		     socket);
	else if (error == -EMSGSIZE)
		fail(failure, CNI_MALFORMED_REPLY, "the reply from %s is too large", socket);
	else
		fail(failure, code, "the connection to heddled at %s failed: %s", socket,
		     strerror(-error));
	advise(failure, &invocation->netconf);
	return -1;
}

/* The CNI code for a gRPC status that came without one. */
static int code_of_status(int status, enum command command)
{
	switch (status) {
	case GRPC_STATUS_CANCELLED:
	case GRPC_STATUS_DEADLINE_EXCEEDED:
	case GRPC_STATUS_RESOURCE_EXHAUSTED:
	case GRPC_STATUS_UNAVAILABLE:
		return unavailable_code(command);
	default:
		return CNI_MALFORMED_REPLY;
	}
}

static int fail_with_status(struct failure *failure, const struct invocation *invocation,
			    const struct grpc_response *response)
{
	int code = response->cni_code;

	if (response->http_status != 200 || response->grpc_status < 0)
		return fail(failure, CNI_MALFORMED_REPLY,
			    "the daemon replied with HTTP status %d and no gRPC status",
			    response->http_status);
	if (code <= 0)
		code = code_of_status(response->grpc_status, invocation->environment.command);
	if (*response->text)
		fail(failure, code, "%s", response->text);
	else
		fail(failure, code, "the daemon replied with gRPC status %d and no message",
		     response->grpc_status);
	fail_details(failure, "%s", response->details);
	return -1;
}

/*
 * The result must be a JSON object for the runtime. It is serialised again, because json-c's parser
 * accepts more than JSON, while its serialiser writes only JSON.
 */
static int copy_result(const ProtobufCBinaryData *json, struct buffer *result,
		       struct failure *failure)
{
	struct json_object *object;
	const char *reason, *text;
	bool copied;

	if (json->len == 0)
		return 0;
	object = json__parse(json->data, json->len, &reason);
	if (!object)
		return fail(failure, CNI_MALFORMED_REPLY,
			    "the daemon's result is not a JSON object: %s", reason);
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE);
	copied = text && buffer__append(result, text, strlen(text));
	json_object_put(object);
	return copied ? 0 : fail(failure, CNI_IO_FAILURE, "out of memory");
}

static int decode_reply(const struct invocation *invocation, const struct grpc_response *response,
			struct buffer *result, struct failure *failure)
{
	Heddle__V1__CniReply *reply = NULL;
	const uint8_t *message;
	size_t length;
	int error;

	if (grpc_response__message(response, &message, &length))
		reply = heddle__v1__cni_reply__unpack(NULL, length, message);
	if (!reply)
		return fail(failure, CNI_MALFORMED_REPLY, "the daemon's reply cannot be decoded");
	error = copy_result(&reply->result, result, failure);
	heddle__v1__cni_reply__free_unpacked(reply, NULL);
	if (!error && result->length == 0 && invocation->environment.command == COMMAND_ADD)
		return fail(failure, CNI_MALFORMED_REPLY,
			    "the daemon replied to ADD without a result");
	return error;
}

static uint8_t *pack_request(const struct invocation *invocation, size_t *length)
{
	const struct environment *environment = &invocation->environment;
	const struct buffer *config = &invocation->input;
	Heddle__V1__CniRequest request = HEDDLE__V1__CNI_REQUEST__INIT;
	char resolved[PATH_MAX];
	const char *netns_path = netns__resolve(environment->netns, resolved);
	uint8_t *packed;

	/* protobuf-c's strings are not const, but packing does not modify them. */
	request.container_id = (char *)environment->container_id;
	request.netns = (char *)environment->netns;
	request.netns_path = (char *)netns_path;
	request.started_ms = (double)invocation->started_ms;
	request.ifname = (char *)environment->ifname;
	request.args = (char *)environment->args;
	request.path = (char *)environment->path;
	request.config = (ProtobufCBinaryData){ .len = config->length, .data = config->data };
	packed = malloc(heddle__v1__cni_request__get_packed_size(&request));
	if (packed)
		*length = heddle__v1__cni_request__pack(&request, packed);
	return packed;
}

static int call(const struct invocation *invocation, struct grpc_request *request,
		struct grpc_response *response, struct failure *failure)
{
	const struct netconf *netconf = &invocation->netconf;
	struct connection connection;
	int error;

	error = connection__open(&connection, netconf->socket, deadline__in(netconf->timeout_ms));
	if (error)
		return fail_unreachable(failure, invocation, error);
	error = grpc__call(&connection, request, response);
	connection__close(&connection);
	if (error)
		return fail_unanswered(failure, invocation, error);
	if (response->http_status != 200 || response->grpc_status != GRPC_STATUS_OK)
		return fail_with_status(failure, invocation, response);
	return 0;
}

int daemon__call(const struct invocation *invocation, struct buffer *result,
		 struct failure *failure)
{
	struct grpc_request request = { .path = paths[invocation->environment.command] };
	struct grpc_response response;
	uint8_t *packed = pack_request(invocation, &request.length);
	int error;

	if (!packed)
		return fail(failure, CNI_IO_FAILURE, "out of memory");
	request.message = packed;
	grpc_response__init(&response);
	error = call(invocation, &request, &response, failure);
	if (!error)
		error = decode_reply(invocation, &response, result, failure);
	grpc_response__free(&response);
	free(packed);
	return error;
}
