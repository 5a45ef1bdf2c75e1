// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Flows that are opened, stay silent, and are asked later whether they still carry a byte there and
 * back. */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

struct held {
	struct watch watch;
	unsigned int id;      /* of the question that opened it */
	unsigned int waiting; /* id of the one that waits for its byte; 0: none */
	bool asked;	      /* the byte has been sent */
	struct held *next;
};

static struct held *all_held;

static struct job *waiting_job(const struct held *held)
{
	for (struct job *job = jobs; held->waiting && job < jobs + JOBS_MAX; job++)
		if (job->busy && job->id == held->waiting)
			return job;
	return NULL;
}

static void end_waiting(struct held *held, const char *problem)
{
	struct job *job = waiting_job(held);

	held->waiting = 0;
	if (job)
		job_end(job, problem);
}

static void send_byte(struct held *held)
{
	held->asked = true;
	if (send(held->watch.fd, "?", 1, MSG_NOSIGNAL) < 0)
		end_waiting(held, strerror(errno));
}

/* Edge-triggered: connected, answered or ended. */
static void carry_on(struct watch *watch)
{
	struct held *held = (struct held *)watch;
	char data[64];
	ssize_t bytes;

	while ((bytes = recv(watch->fd, data, sizeof(data), 0)) > 0)
		end_waiting(held, NULL);
	if (bytes == 0)
		end_waiting(held, "the other end has closed it");
	else if (errno == EAGAIN && !held->asked)
		send_byte(held);
	else if (errno != EAGAIN && errno != ENOTCONN)
		end_waiting(held, strerror(errno));
}

/* Opens a flow and has its first byte answered. False with errno: it cannot even be asked. */
bool hold(struct job *job, enum protocol protocol, const struct endpoint *from)
{
	int type = protocol == PROTOCOL_TCP ? SOCK_STREAM : SOCK_DGRAM;
	struct held *held = calloc(1, sizeof(*held));
	int on = 1;

	if (!held)
		fail("remember a flow");
	job->watch.fd = -1; /* the socket outlives the question */
	*held = (struct held){ .id = job->id, .waiting = job->id, .next = all_held };
	all_held = held;
	held->watch.fd = socket(from->addr.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	held->watch.ready = carry_on;
	/* several flows may have one source port */
	if (held->watch.fd < 0 ||
	    setsockopt(held->watch.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(held->watch.fd, (const struct sockaddr *)&from->addr, from->length))
		return false;
	if (connect(held->watch.fd, (struct sockaddr *)&job->to.addr, job->to.length) &&
	    errno != EINPROGRESS)
		return false;
	watch_add(&held->watch, EPOLLIN | EPOLLOUT | EPOLLET);
	return true;
}

/* Asks the flow that question `id` has opened for one more byte. */
bool hold_again(struct job *job, unsigned int id)
{
	job->watch.fd = -1;
	for (struct held *held = all_held; held; held = held->next) {
		if (held->id != id)
			continue;
		held->waiting = job->id;
		send_byte(held);
		return true;
	}
	errno = ENOENT;
	return false;
}
