// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Servers: whoever connects is taken, and whatever datagram comes is sent back. */
#include "probe.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	BACKLOG = 1024,
};

static void accept_all(struct watch *watch)
{
	for (;;) {
		int peer = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (peer < 0)
			return;
		close(peer);
	}
}

static void echo_all(struct watch *watch)
{
	struct sockaddr_storage from;
	static char data[DATAGRAM_MAX];

	for (;;) {
		socklen_t length = sizeof(from);
		ssize_t bytes = recvfrom(watch->fd, data, sizeof(data), 0, (struct sockaddr *)&from,
					 &length);

		if (bytes < 0)
			return;
		sendto(watch->fd, data, bytes, 0, (struct sockaddr *)&from, length);
	}
}

static int bound_socket(int type, const struct endpoint *at)
{
	int fd = socket(at->addr.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		fail("make a server's socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&at->addr, at->length))
		fail("bind a server's socket");
	return fd;
}

void serve(unsigned int netns, enum protocol protocol, const struct endpoint *at)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	bool tcp = protocol == PROTOCOL_TCP;

	if (!watch)
		fail("remember a server");
	watch->fd = bound_socket(tcp ? SOCK_STREAM : SOCK_DGRAM, at);
	watch->ready = tcp ? accept_all : echo_all;
	if (tcp && listen(watch->fd, BACKLOG))
		fail("listen");
	watch_add(watch, EPOLLIN);
	netns_own(netns, watch);
}
