// SPDX-License-Identifier: Apache-2.0
#include "deadline.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>

int64_t deadline__now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct deadline deadline__in(int timeout_ms)
{
	return (struct deadline){ .at_ms = deadline__now_ms() + timeout_ms };
}

int deadline__left(const struct deadline *deadline)
{
	int64_t left = deadline->at_ms - deadline__now_ms();

	return left > 0 ? (int)left : 0;
}

bool deadline__wait(const struct deadline *deadline, int fd, short events)
{
	struct pollfd polled = { .fd = fd, .events = events };
	int ready;

	do {
		ready = poll(&polled, 1, deadline__left(deadline));
	} while (ready < 0 && errno == EINTR);
	/* An error of poll(2) is reported by the read or write that follows. */
	return ready != 0;
}
