// SPDX-License-Identifier: Apache-2.0
/* A stream socket to the daemon. Every wait ends at the deadline. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "deadline.h"

struct connection {
	int fd;
	struct deadline deadline;
};

/* 0, or a negative errno. */
int connection__open(struct connection *connection, const char *path, struct deadline deadline);
void connection__close(struct connection *connection);
/* 0 when all of it is sent, or a negative errno. */
int connection__send(struct connection *connection, const uint8_t *data, size_t length);
/* Bytes received, 0 at the end of the stream, or a negative errno. */
ssize_t connection__receive(struct connection *connection, uint8_t *data, size_t size);
