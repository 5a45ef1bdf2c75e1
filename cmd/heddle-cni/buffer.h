// SPDX-License-Identifier: Apache-2.0
/* A growing byte buffer with a limit: input from outside cannot make the plugin allocate more. */
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

/* False when the limit would be exceeded or memory is out; the buffer is unchanged then. */
bool buffer__append(struct buffer *buffer, const void *data, size_t length);
void buffer__free(struct buffer *buffer);
