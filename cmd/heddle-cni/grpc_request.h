// SPDX-License-Identifier: Apache-2.0
/* The request of a unary call: one length-prefixed message. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* gRPC's length-prefixed message: a flag for compression, then the length as a big-endian word. */
#define GRPC_PREFIX_SIZE 5

struct grpc_request {
	/* `/package.Service/Method`. */
	const char *path;
	/* The encoded message. */
	const uint8_t *message;
	size_t length;
	/* Bytes of prefix and message that nghttp2 has read already. */
	size_t sent;
};

/* Copies the next bytes of prefix and message to `to` and returns their number; 0 at the end. */
size_t grpc_request__read(struct grpc_request *request, uint8_t *to, size_t size);
