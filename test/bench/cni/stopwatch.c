// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Runs a program by the clock: what is larger takes milliseconds to start one, and counts them. */
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NANOSECONDS 1000000000LL
/* Where the times are told: the other descriptors are the program's. */
#define REPORT_FD 3

extern char **environ;

static long long now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NANOSECONDS + time.tv_nsec;
}

/* stopwatch PROGRAM: says `ready`, waits for the program's input, and tells CLOCK_MONOTONIC's
 * nanoseconds before the program's start and after its end. Exits as the program did.
 */
int main(int argc, char **argv)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	long long start;
	pid_t child;
	int status;

	if (argc != 2 || fcntl(REPORT_FD, F_SETFD, FD_CLOEXEC) ||
	    dprintf(REPORT_FD, "ready\n") < 0 || poll(&input, 1, -1) != 1)
		return 2;
	start = now_ns();
	if (posix_spawn(&child, argv[1], NULL, NULL, argv + 1, environ) ||
	    waitpid(child, &status, 0) != child)
		return 2;
	dprintf(REPORT_FD, "%lld %lld\n", start, now_ns());
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
