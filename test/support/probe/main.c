// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reads what to do, a line each (commands.c), and says what came of it. It ends with its input. */
#include "probe.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	EVENTS_MAX = 256,
	INPUT_BYTES = 1 << 16,
	POLL_MS = 5,
};

struct job jobs[JOBS_MAX];

static int epoll;
static unsigned int busy_jobs;

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void watch_add(struct watch *watch, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, watch->fd, &event))
		fail("watch a socket");
}

/* Before its socket is closed: a flood that is just being forked may have it, too. */
void watch_remove(const struct watch *watch)
{
	epoll_ctl(epoll, EPOLL_CTL_DEL, watch->fd, NULL);
}

/* `problem` is NULL for an answer. */
void job_end(struct job *job, const char *problem)
{
	if (problem)
		printf("%u no %s\n", job->id, problem);
	else
		printf("%u yes\n", job->id);
	if (job->watch.fd >= 0) {
		watch_remove(&job->watch);
		close(job->watch.fd);
	}
	memset(job, 0, sizeof(*job));
	busy_jobs--;
}

static struct job *free_job(void)
{
	for (struct job *job = jobs; job < jobs + JOBS_MAX; job++)
		if (!job->busy)
			return job;
	errno = EAGAIN;
	fail("ask so much at once");
}

struct job *job_begin(unsigned int id, unsigned int netns, unsigned int timeout_ms)
{
	struct job *job = free_job();

	job->watch.fd = -1;
	job->busy = true;
	job->id = id;
	job->netns = netns;
	job->started_ms = now_ms();
	job->deadline_ms = job->started_ms + timeout_ms;
	busy_jobs++;
	return job;
}

static void read_input(struct watch *watch)
{
	static char input[INPUT_BYTES];
	static size_t used;
	ssize_t bytes = read(watch->fd, input + used, sizeof(input) - used - 1);
	char *line = input, *end;

	if (bytes <= 0)
		exit(0);
	used += bytes;
	input[used] = 0;
	while ((end = strchr(line, '\n'))) {
		*end = 0;
		take_line(line);
		line = end + 1;
	}
	used -= line - input;
	memmove(input, line, used);
}

static void end_late_jobs(void)
{
	int64_t now = now_ms();

	for (struct job *job = jobs; job < jobs + JOBS_MAX; job++)
		if (job->busy && job->deadline_ms <= now)
			job_end(job, "no answer in time");
}

int main(void)
{
	struct rlimit files = { .rlim_cur = 2 * JOBS_MAX, .rlim_max = 2 * JOBS_MAX };
	struct watch input = { .fd = STDIN_FILENO, .ready = read_input };
	struct epoll_event events[EVENTS_MAX];

	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGCHLD, SIG_IGN); /* floods end by themselves */
	epoll = epoll_create1(EPOLL_CLOEXEC);
	watch_add(&input, EPOLLIN);
	for (;;) {
		int again_ms = streams_tick();
		int count = epoll_wait(epoll, events, EVENTS_MAX,
				       again_ms >= 0 ? again_ms : (busy_jobs ? POLL_MS : -1));

		for (int i = 0; i < count; i++) {
			struct watch *watch = events[i].data.ptr;

			watch->ready(watch);
		}
		end_late_jobs();
		fflush(stdout);
	}
}
