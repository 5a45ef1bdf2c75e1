// SPDX-License-Identifier: Apache-2.0
/* The sending half of a unary call: one message, framed as gRPC has it. */
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
	/* Of prefix and message, bytes that are already taken. */
	size_t taken;
};

/* Copies the next bytes of prefix and message to `to`: how many; 0 at the end. */
size_t grpc_request__read(struct grpc_request *request, uint8_t *to, size_t room);
