// SPDX-License-Identifier: Apache-2.0
#include "input.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* A GC that lists 10,000 attachments takes 1.2 MB; the daemon receives up to 4 MiB. */
#define INPUT_LIMIT (2 << 20)

static ssize_t read_some(void *chunk, size_t size)
{
	ssize_t count;

	do {
		count = read(STDIN_FILENO, chunk, size);
	} while (count < 0 && errno == EINTR);
	return count;
}

int input__read(struct buffer *input, const struct deadline *deadline, struct failure *failure)
{
	char chunk[16384];

	input->limit = INPUT_LIMIT;
	if (isatty(STDIN_FILENO))
		return 0;
	for (;;) {
		ssize_t count;

		if (!deadline__wait(deadline, STDIN_FILENO, POLLIN))
			return fail(failure, CNI_IO_FAILURE,
				    "the runtime did not end the network configuration in time");
		count = read_some(chunk, sizeof(chunk));
		if (count < 0)
			return fail(failure, CNI_IO_FAILURE, "standard input: %s", strerror(errno));
		if (count == 0)
			return 0;
		if (!buffer__append(input, chunk, (size_t)count))
			return fail(failure, CNI_INVALID_CONFIG,
				    "the network configuration is larger than %d bytes",
				    INPUT_LIMIT);
	}
}
