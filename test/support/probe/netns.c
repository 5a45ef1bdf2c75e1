// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Namespaces by number. A socket stays in the one in which it was made. */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int netns_fds[NETNS_MAX];
static struct watch *owned[NETNS_MAX];

_Noreturn void fail(const char *what)
{
	fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
	exit(1);
}

void netns_open(unsigned int number, const char *path)
{
	errno = ENOSPC;
	if (number >= NETNS_MAX)
		fail("remember a namespace");
	netns_fds[number] = open(path, O_RDONLY | O_CLOEXEC);
	if (netns_fds[number] < 0)
		fail(path);
}

/* Closed when the namespace is forgotten. */
void netns_own(unsigned int number, struct watch *watch)
{
	watch->next = owned[number];
	owned[number] = watch;
}

/* The number may be another's then. What was watched stays in memory: an event may be on its way.
 */
void netns_forget(unsigned int number)
{
	for (struct watch *watch = owned[number]; watch; watch = watch->next) {
		close(watch->fd);
		watch->fd = -1;
	}
	owned[number] = NULL;
	sctp_forget(number);
	close(netns_fds[number]);
}

void netns_enter(unsigned int number)
{
	if (number >= NETNS_MAX || setns(netns_fds[number], CLONE_NEWNET))
		fail("enter a namespace");
}

struct endpoint endpoint_of(const char *address, unsigned int port)
{
	struct endpoint endpoint = {};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&endpoint.addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&endpoint.addr;

	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		endpoint.length = sizeof(*v4);
	} else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		endpoint.length = sizeof(*v6);
	} else {
		fail(address);
	}
	return endpoint;
}

uint16_t endpoint_port(const struct endpoint *endpoint)
{
	if (endpoint->addr.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&endpoint->addr)->sin_port);
	return ntohs(((const struct sockaddr_in6 *)&endpoint->addr)->sin6_port);
}
