// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Questions over TCP and UDP: answered by a connection, or by a datagram that comes back. */
#include "probe.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

static void connected(struct watch *watch)
{
	struct linger reset = { .l_onoff = 1 }; /* nothing is left waiting for the other end */
	int problem = 0;
	socklen_t length = sizeof(problem);

	getsockopt(watch->fd, SOL_SOCKET, SO_ERROR, &problem, &length);
	setsockopt(watch->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	job_end((struct job *)watch, problem ? strerror(problem) : NULL);
}

static void answered(struct watch *watch)
{
	char data[1];

	job_end((struct job *)watch,
		recv(watch->fd, data, sizeof(data), 0) < 0 ? strerror(errno) : NULL);
}

/* `bytes`: of the datagram. False with errno: it cannot even be asked. */
bool ask(struct job *job, enum protocol protocol, const struct endpoint *from, size_t bytes)
{
	static const char question[DATAGRAM_MAX];
	bool tcp = protocol == PROTOCOL_TCP;
	int type = (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;

	job->watch.fd = socket(from->addr.ss_family, type, 0);
	job->watch.ready = tcp ? connected : answered;
	if (job->watch.fd < 0 ||
	    bind(job->watch.fd, (const struct sockaddr *)&from->addr, from->length))
		return false;
	if (connect(job->watch.fd, (struct sockaddr *)&job->to.addr, job->to.length) &&
	    errno != EINPROGRESS)
		return false;
	if (bytes > sizeof(question))
		bytes = sizeof(question);
	if (!tcp && send(job->watch.fd, question, bytes, 0) < 0)
		return false;
	watch_add(&job->watch, tcp ? EPOLLOUT : EPOLLIN);
	return true;
}
