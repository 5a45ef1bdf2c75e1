// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reads what to do, a line each, and says what came of it:
 *   netns NUMBER PATH
 *   forget NUMBER
 *   serve NUMBER PROTOCOL ADDRESS PORT
 *   echo NUMBER ADDRESS PORT                                     TCP connections that stay
 *   sync                                                         -> synced
 *   stream ID NUMBER PROTOCOL FROM TO PORT INTERVAL_MS
 *   drain           -> for each stream: stream ID SENT ANSWERED ARRIVED BROKEN; and then: drained
 *   ask ID NUMBER PROTOCOL FROM TO PORT TIMEOUT_MS BYTES         -> ID yes | ID no PROBLEM
 *   flood NUMBER FROM TO PORT FLOWS                              -> flooded
 * It ends with its input. */
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
	LINE_MAX_BYTES = 512,
	EVENTS_MAX = 256,
	ADDRESS_MAX = 64,
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

/* `problem` is NULL for an answer. */
void job_end(struct job *job, const char *problem)
{
	if (problem)
		printf("%u no %s\n", job->id, problem);
	else
		printf("%u yes\n", job->id);
	if (job->watch.fd >= 0)
		close(job->watch.fd);
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

static enum protocol protocol_of(const char *name)
{
	if (!strcmp(name, "TCP"))
		return PROTOCOL_TCP;
	return strcmp(name, "UDP") ? PROTOCOL_SCTP : PROTOCOL_UDP;
}

static void begin_ask(const char *line)
{
	char protocol[8], from[ADDRESS_MAX], to[ADDRESS_MAX];
	unsigned int id, netns, port, timeout_ms, bytes;
	struct job *job = free_job();
	struct endpoint source;
	bool asked;

	if (sscanf(line, "ask %u %u %7s %63s %63s %u %u %u", &id, &netns, protocol, from, to, &port,
		   &timeout_ms, &bytes) != 8)
		fail(line);
	netns_enter(netns);
	source = endpoint_of(from, 0);
	job->busy = true;
	job->id = id;
	job->netns = netns;
	job->to = endpoint_of(to, port);
	job->started_ms = now_ms();
	job->deadline_ms = job->started_ms + timeout_ms;
	busy_jobs++;
	asked = protocol_of(protocol) == PROTOCOL_SCTP
			? sctp_ask(job, &source)
			: ask(job, protocol_of(protocol), &source, bytes);
	if (!asked)
		job_end(job, strerror(errno));
}

static void begin_serve(const char *line)
{
	char protocol[8], address[ADDRESS_MAX];
	unsigned int netns, port;
	struct endpoint at;

	if (sscanf(line, "serve %u %7s %63s %u", &netns, protocol, address, &port) != 4)
		fail(line);
	netns_enter(netns);
	at = endpoint_of(address, port);
	if (protocol_of(protocol) == PROTOCOL_SCTP)
		sctp_serve(netns, &at);
	else
		serve(netns, protocol_of(protocol), &at);
}

static void begin_echo(const char *line)
{
	char address[ADDRESS_MAX];
	unsigned int netns, port;
	struct endpoint at;

	if (sscanf(line, "echo %u %63s %u", &netns, address, &port) != 3)
		fail(line);
	netns_enter(netns);
	at = endpoint_of(address, port);
	serve_echo(netns, &at);
}

static void begin_stream(const char *line)
{
	char protocol[8], from[ADDRESS_MAX], to[ADDRESS_MAX];
	unsigned int id, netns, port, interval_ms;
	struct endpoint source, destination;

	if (sscanf(line, "stream %u %u %7s %63s %63s %u %u", &id, &netns, protocol, from, to, &port,
		   &interval_ms) != 7)
		fail(line);
	source = endpoint_of(from, 0);
	destination = endpoint_of(to, port);
	stream_begin(id, netns, protocol_of(protocol), &source, &destination, interval_ms);
}

static void begin_flood(const char *line)
{
	char from[ADDRESS_MAX], to[ADDRESS_MAX];
	unsigned int netns, port, flows;
	struct endpoint source, destination;

	if (sscanf(line, "flood %u %63s %63s %u %u", &netns, from, to, &port, &flows) != 5)
		fail(line);
	source = endpoint_of(from, 0);
	destination = endpoint_of(to, port);
	flood(netns, &source, &destination, flows);
}

static void take_line(const char *line)
{
	char path[LINE_MAX_BYTES];
	unsigned int number;

	if (sscanf(line, "netns %u %511s", &number, path) == 2) {
		netns_open(number, path);
		netns_enter(number);
		sctp_open(number);
	} else if (sscanf(line, "forget %u", &number) == 1) {
		netns_forget(number);
	} else if (!strncmp(line, "serve ", 6)) {
		begin_serve(line);
	} else if (!strncmp(line, "ask ", 4)) {
		begin_ask(line);
	} else if (!strncmp(line, "echo ", 5)) {
		begin_echo(line);
	} else if (!strncmp(line, "stream ", 7)) {
		begin_stream(line);
	} else if (!strncmp(line, "flood ", 6)) {
		begin_flood(line);
	} else if (!strcmp(line, "drain")) {
		streams_drain();
	} else if (!strcmp(line, "sync")) {
		printf("synced\n");
	} else {
		errno = EINVAL;
		fail(line);
	}
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
