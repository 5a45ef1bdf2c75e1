// SPDX-License-Identifier: Apache-2.0
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#define INITIAL_CAPACITY 4096

static bool reserve(struct buffer *buffer, size_t length)
{
	size_t capacity = buffer->capacity ? buffer->capacity : INITIAL_CAPACITY;
	uint8_t *data;

	if (length <= buffer->capacity)
		return true;
	while (capacity < length)
		capacity *= 2;
	data = realloc(buffer->data, capacity);
	if (!data)
		return false;
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

bool buffer__append(struct buffer *buffer, const void *data, size_t length)
{
	if (length > buffer->limit - buffer->length)
		return false;
	if (!reserve(buffer, buffer->length + length))
		return false;
	if (length > 0)
		memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
	return true;
}

void buffer__free(struct buffer *buffer)
{
	free(buffer->data);
	buffer->data = NULL;
	buffer->length = 0;
	buffer->capacity = 0;
}
