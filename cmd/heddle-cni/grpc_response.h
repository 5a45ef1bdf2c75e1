// SPDX-License-Identifier: Apache-2.0
/* The response of a unary call: untrusted input. */
#pragma once

#include <stdbool.h>

#include "buffer.h"

/* The canonical status codes that are handled differently. */
enum grpc_status {
	GRPC_STATUS_ABSENT = -1,
	GRPC_STATUS_OK = 0,
	GRPC_STATUS_CANCELLED = 1,
	GRPC_STATUS_DEADLINE_EXCEEDED = 4,
	GRPC_STATUS_RESOURCE_EXHAUSTED = 8,
	GRPC_STATUS_UNAVAILABLE = 14,
};

/* Size of a trailer text with its NUL, bytes: 2,000 bytes, each percent-encoded in three. */
#define GRPC_TEXT_SIZE 8192

struct grpc_response {
	/* `:status`, 0 when there was none. */
	int http_status;
	/* `grpc-status`. */
	int grpc_status;
	/* `cni-code`, 0 when there was none. */
	int cni_code;
	/* `grpc-message` and `cni-details`, decoded. */
	char text[GRPC_TEXT_SIZE];
	char details[GRPC_TEXT_SIZE];
	/* The stream's bytes: a gRPC frame around the message. */
	struct buffer body;
};

void grpc_response__init(struct grpc_response *response);
void grpc_response__free(struct grpc_response *response);
/* Stores a known header or trailer; ignores others. */
void grpc_response__header(struct grpc_response *response, const uint8_t *name, size_t name_length,
			   const uint8_t *value, size_t length);
/* False when the response exceeds its limit. */
bool grpc_response__data(struct grpc_response *response, const uint8_t *data, size_t length);
/* The message within the body; false when there is not exactly one, uncompressed. */
bool grpc_response__message(const struct grpc_response *response, const uint8_t **message,
			    size_t *length);
