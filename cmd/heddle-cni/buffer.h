// SPDX-License-Identifier: Apache-2.0
/* Bytes that grow up to a limit: nobody at the other end decides how much memory we take. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *data;
	size_t length;
	size_t capacity;
	/* Largest length, bytes. */
	size_t limit;
};

/* False when the limit would be passed or memory is out; the buffer is as it was then. */
bool buffer__append(struct buffer *buffer, const void *data, size_t length);
void buffer__free(struct buffer *buffer);
