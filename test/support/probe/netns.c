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

static int netns_fds[NETNS_MAX];

_Noreturn void fail(const char *what)
{
	fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
	exit(1);
}

void netns_open(unsigned int number, const char *path)
{
	if (number >= NETNS_MAX)
		fail("too many namespaces");
	netns_fds[number] = open(path, O_RDONLY | O_CLOEXEC);
	if (netns_fds[number] < 0)
		fail(path);
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
