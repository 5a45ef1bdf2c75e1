// SPDX-License-Identifier: Apache-2.0
/* The time at which every wait ends. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct deadline {
	/* CLOCK_MONOTONIC, milliseconds. */
	int64_t at_ms;
};

/* CLOCK_MONOTONIC. */
int64_t deadline__now_ms(void);
struct deadline deadline__in(int timeout_ms);
/* Milliseconds until the deadline; 0 when it has passed. */
int deadline__left(const struct deadline *deadline);
/* Waits until `fd` is ready for `events` (poll(2)); false when the deadline passed first. */
bool deadline__wait(const struct deadline *deadline, int fd, short events);
