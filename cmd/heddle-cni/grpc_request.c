// SPDX-License-Identifier: Apache-2.0
#include "grpc_request.h"

#include <arpa/inet.h>
#include <string.h>

static size_t copy_some(uint8_t *to, size_t size, const uint8_t *from, size_t length)
{
	size_t count = length < size ? length : size;

	if (count > 0)
		memcpy(to, from, count);
	return count;
}

static size_t read_prefix(struct grpc_request *request, uint8_t *to, size_t size)
{
	uint32_t length = htonl((uint32_t)request->length);
	uint8_t prefix[GRPC_PREFIX_SIZE] = { 0 };

	memcpy(prefix + 1, &length, sizeof(length));
	return copy_some(to, size, prefix + request->sent, GRPC_PREFIX_SIZE - request->sent);
}

size_t grpc_request__read(struct grpc_request *request, uint8_t *to, size_t size)
{
	size_t count = 0;

	if (request->sent < GRPC_PREFIX_SIZE) {
		count = read_prefix(request, to, size);
		request->sent += count;
	}
	if (request->sent >= GRPC_PREFIX_SIZE) {
		size_t offset = request->sent - GRPC_PREFIX_SIZE;
		size_t part = copy_some(to + count, size - count, request->message + offset,
					request->length - offset);

		request->sent += part;
		count += part;
	}
	return count;
}
