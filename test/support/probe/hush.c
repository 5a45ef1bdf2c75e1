// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Servers that complete the handshake and never say another word, not even FIN or RST. */
#include "probe.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* A socket in repair mode goes without a packet (tcp_disconnect() in net/ipv4/tcp.c). */
void close_silently(int fd)
{
	int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
		fail("put a connection into repair mode");
	close(fd);
}

static void accept_and_vanish(struct watch *watch)
{
	int peer;

	while ((peer = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		close_silently(peer);
}

static void vanish(struct watch *watch)
{
	watch_remove(watch);
	close_silently(watch->fd);
	free(watch);
}

/* The other end's FIN is still acknowledged. */
static void accept_and_wait(struct watch *watch)
{
	int peer;

	while ((peer = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct watch *connection = calloc(1, sizeof(*connection));

		if (!connection)
			fail("remember a connection");
		*connection = (struct watch){ .fd = peer, .ready = vanish };
		watch_add(connection, EPOLLIN);
	}
}

void serve_hush(unsigned int netns, const struct endpoint *at, bool until_closed)
{
	serve_listen(netns, until_closed ? accept_and_wait : accept_and_vanish, at);
}
