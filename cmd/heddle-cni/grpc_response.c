// SPDX-License-Identifier: Apache-2.0
#include "grpc_response.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "grpc_request.h"
#include "percent.h"

/* A CNI result is a few hundred bytes, with a long prevResult a few thousand. */
#define BODY_LIMIT (4 << 20)
/* Status codes have up to three digits. */
#define MAX_DIGITS 6

void grpc_response__init(struct grpc_response *response)
{
	*response = (struct grpc_response){
		.grpc_status = GRPC_STATUS_ABSENT,
		.body.limit = BODY_LIMIT,
	};
}

void grpc_response__free(struct grpc_response *response)
{
	buffer__free(&response->body);
}

static bool is_named(const uint8_t *name, size_t length, const char *expected)
{
	return length == strlen(expected) && memcmp(name, expected, length) == 0;
}

/* A decimal number, or -1. */
static int parse_number(const uint8_t *value, size_t length)
{
	int number = 0;

	if (length == 0 || length > MAX_DIGITS)
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (value[i] < '0' || value[i] > '9')
			return -1;
		number = number * 10 + (value[i] - '0');
	}
	return number;
}

static void store_text(char *to, const uint8_t *value, size_t length)
{
	snprintf(to, GRPC_TEXT_SIZE, "%.*s", (int)length, (const char *)value);
	percent__decode(to);
}

void grpc_response__header(struct grpc_response *response, const uint8_t *name, size_t name_length,
			   const uint8_t *value, size_t length)
{
	if (is_named(name, name_length, ":status"))
		response->http_status = parse_number(value, length);
	else if (is_named(name, name_length, "grpc-status"))
		response->grpc_status = parse_number(value, length);
	else if (is_named(name, name_length, "cni-code"))
		response->cni_code = parse_number(value, length);
	else if (is_named(name, name_length, "grpc-message"))
		store_text(response->text, value, length);
	else if (is_named(name, name_length, "cni-details"))
		store_text(response->details, value, length);
}

bool grpc_response__data(struct grpc_response *response, const uint8_t *data, size_t length)
{
	return buffer__append(&response->body, data, length);
}

bool grpc_response__message(const struct grpc_response *response, const uint8_t **message,
			    size_t *length)
{
	const struct buffer *body = &response->body;
	uint32_t announced;

	if (body->length < GRPC_PREFIX_SIZE || body->data[0] != 0)
		return false;
	memcpy(&announced, body->data + 1, sizeof(announced));
	*message = body->data + GRPC_PREFIX_SIZE;
	*length = body->length - GRPC_PREFIX_SIZE;
	return ntohl(announced) == *length;
}
